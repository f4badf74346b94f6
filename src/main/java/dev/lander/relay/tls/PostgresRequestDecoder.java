package dev.lander.relay.tls;

import java.nio.ByteBuffer;

/**
 * Finds out whether a PostgreSQL client asks for TLS, as it does ahead of TLS. It waits for an answer of one byte, and
 * goes on as the answer says. Source: PostgreSQL's documentation, "SSLRequest" and "GSSENCRequest" in "Message
 * Formats".
 */
public final class PostgresRequestDecoder {
    /** What a client begins with, as far as that is known. */
    public enum Finding {
        /** Too little has come to tell. */
        NOTHING_YET,
        /** It asks for TLS: to be answered by {@link #YES}, and TLS follows. */
        TLS,
        /** It asks for encryption by Kerberos: to be answered by {@link #NO}, and more follows. */
        GSS,
        /** Something else, which is to be relayed: {@link PostgresRequestDecoder#received}. */
        SOMETHING_ELSE
    }

    /** The answer that TLS may begin. */
    public static final byte YES = 'S';

    /** The answer that it may not. */
    public static final byte NO = 'N';

    /** How long a request is, in bytes. */
    public static final int LENGTH = 8;

    private static final long TLS_REQUEST = 0x0000_0008_04d2_162fL;
    private static final long GSS_REQUEST = 0x0000_0008_04d2_1630L;

    private ByteBuffer bytes = ByteBuffer.allocate(LENGTH);

    /** How a client asks for TLS. */
    public static ByteBuffer request() {
        return ByteBuffer.allocate(LENGTH).putLong(0, TLS_REQUEST);
    }

    /**
     * Looks at what has come since the last call.
     *
     * @throws MalformedHelloException when something follows a request that was not answered: somebody may have put it
     *     there
     */
    public Finding take(ByteBuffer more) throws MalformedHelloException {
        ByteBuffer all = ByteBuffer.allocate(Math.max(LENGTH, bytes.position() + more.remaining()));
        bytes = all.put(bytes.flip()).put(more);
        boolean tls = begins(TLS_REQUEST);
        if (!tls && !begins(GSS_REQUEST)) {
            return Finding.SOMETHING_ELSE;
        } else if (bytes.position() < LENGTH) {
            return Finding.NOTHING_YET;
        } else if (bytes.position() > LENGTH) {
            throw new MalformedHelloException("something follows a request for encryption before its answer");
        }
        bytes.clear();
        return tls ? Finding.TLS : Finding.GSS;
    }

    /** What has come that was no request. */
    public ByteBuffer received() {
        return bytes.duplicate().flip();
    }

    private boolean begins(long request) {
        for (int i = 0; i < Math.min(bytes.position(), LENGTH); i++) {
            if (bytes.get(i) != (byte) (request >> (8 * (LENGTH - 1 - i)))) {
                return false;
            }
        }
        return true;
    }
}
