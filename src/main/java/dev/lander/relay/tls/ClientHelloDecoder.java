package dev.lander.relay.tls;

import java.nio.ByteBuffer;

/**
 * Understands the ClientHello with which a TLS connection begins, in whatever pieces it comes and over however many
 * records. All that has come is kept as it is, to be relayed. What does not begin as a TLS handshake, as plain text or
 * the hellos of SSL 2, asks for no name.
 *
 * <p>Sources: RFC 8446, sections 4.1.2 and 5.1; RFC 6066, section 3; RFC 7301, section 3.1.
 */
public final class ClientHelloDecoder {
    /** The longest hello: key shares of post-quantum key exchange make them longer than 1.5 KiB. */
    static final int LONGEST_HELLO = 16 * 1024;

    /** A hello of the longest, with the heads of some records. */
    static final int MOST_BYTES = LONGEST_HELLO + 1024;

    private static final int HANDSHAKE_RECORD = 22;
    private static final int TLS_MAJOR = 3;
    private static final int RECORD_HEAD = 5;
    private static final int LONGEST_RECORD = 16 * 1024;
    private static final int CLIENT_HELLO = 1;
    private static final int MESSAGE_HEAD = 4;

    /** What has come so far, up to its position. */
    private ByteBuffer bytes = ByteBuffer.allocate(0);

    /** Where the record begins that is not whole yet. */
    private int record;

    /** The records before it, without their heads. */
    private ByteBuffer message = ByteBuffer.allocate(0);

    private ClientHello hello = ClientHello.PLAIN;

    /** How many bytes may still come. */
    public int room() {
        return MOST_BYTES - bytes.position();
    }

    /** More has come, no more than there is {@link #room} for; it is looked at by {@link #isWhole}. */
    public void take(ByteBuffer more) {
        int length = bytes.position() + more.remaining();
        if (length > bytes.capacity()) {
            // Nearly all hellos come at once, and get just what they need.
            int capacity = bytes.position() == 0 ? length : Math.max(length, 2 * bytes.capacity());
            bytes = ByteBuffer.allocate(Math.min(capacity, MOST_BYTES)).put(bytes.flip());
        }
        bytes.put(more);
    }

    /** How many bytes of memory it holds what has come in. */
    public int held() {
        return bytes.capacity() + message.capacity();
    }

    /**
     * Whether it is known what the client asks for.
     *
     * @throws MalformedHelloException when it begins as TLS and can't become a ClientHello, with the reason
     */
    public boolean isWhole() throws MalformedHelloException {
        if (!beginsAsTls()) {
            return true;
        }
        while (bytes.position() - record >= RECORD_HEAD) {
            int length = lengthOfRecord();
            if (bytes.position() - record < RECORD_HEAD + length) {
                break;
            }
            append(length);
            record += RECORD_HEAD + length;
            if (isMessageWhole()) {
                return true;
            }
        }
        if (room() == 0) {
            throw new MalformedHelloException("the hello's records have more than " + MOST_BYTES + " bytes");
        }
        return false;
    }

    /** What the client asks for, once that is known. */
    public ClientHello hello() {
        return hello;
    }

    /** Whether it begins as TLS, once that is known. */
    public boolean isTls() {
        return beginsAsTls();
    }

    /** All that has come, to be relayed. */
    public ByteBuffer received() {
        return bytes.duplicate().flip();
    }

    /** Whether what has come, as far as it goes, is a record of a TLS handshake. */
    private boolean beginsAsTls() {
        int count = bytes.position();
        return (count < 1 || bytes.get(0) == HANDSHAKE_RECORD) && (count < 2 || bytes.get(1) == TLS_MAJOR);
    }

    private int lengthOfRecord() throws MalformedHelloException {
        int length = Short.toUnsignedInt(bytes.getShort(record + 3));
        if (bytes.get(record) != HANDSHAKE_RECORD || bytes.get(record + 1) != TLS_MAJOR) {
            throw new MalformedHelloException("another record comes before the hello's end");
        } else if (length < 1 || length > LONGEST_RECORD) {
            throw new MalformedHelloException("a record has " + length + " bytes");
        }
        return length;
    }

    private void append(int length) {
        ByteBuffer longer = ByteBuffer.allocate(message.limit() + length);
        longer.put(message.rewind()).put(bytes.slice(record + RECORD_HEAD, length));
        message = longer.flip();
    }

    private boolean isMessageWhole() throws MalformedHelloException {
        if (message.get(0) != CLIENT_HELLO) {
            throw new MalformedHelloException("the first message is no ClientHello");
        } else if (message.limit() < MESSAGE_HEAD) {
            return false;
        }
        int length = message.getInt(0) & 0xff_ffff;
        if (length > LONGEST_HELLO) {
            throw new MalformedHelloException("the hello has more than " + LONGEST_HELLO + " bytes");
        } else if (message.limit() < MESSAGE_HEAD + length) {
            return false;
        }
        hello = new HelloReader(message.slice(MESSAGE_HEAD, length)).read();
        return true;
    }
}
