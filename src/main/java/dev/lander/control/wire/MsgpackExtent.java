package dev.lander.control.wire;

import java.nio.ByteBuffer;

/**
 * Finds where one msgpack value ends, in bytes that come in pieces.
 *
 * <p>It only counts: how many values are still to begin, and how many bytes of the present one are still to come. So it
 * needs the same few fields for any depth of nesting and any announced length, and looks at each byte once. What cannot
 * end within {@link #MAX_BYTES} is refused by the first header that makes it so.
 */
final class MsgpackExtent {
    /** The longest message that Lander takes. */
    static final int MAX_BYTES = 65_535;

    private static final int FIXMAP = 0x80;
    private static final int FIXARRAY = 0x90;
    private static final int FIXSTR = 0xa0;
    private static final int NEGATIVE_FIXINT = 0xe0;
    private static final int NEVER_USED = 0xc1;

    /** What is known of the value so far; the last three are final. */
    enum Progress {
        UNFINISHED,
        COMPLETE,
        NOT_MSGPACK,
        TOO_LONG
    }

    private Progress progress = Progress.UNFINISHED;
    /** Bytes seen of this value. */
    private int size;
    /**
     * Values that have not begun: the value itself at first, then also the members of the containers that it opened.
     */
    private long valuesToCome = 1;
    /** The head byte whose length field is being read. */
    private int head;
    /** Bytes to come of that length field, and its value so far. */
    private int lengthBytesToCome;

    private long length;
    /** Bytes to come that need no look: a number's, a string's. */
    private long bodyBytesToCome;

    /** Whether a value that begins with this byte is a map. */
    static boolean isMapHead(int firstByte) {
        int head = firstByte & 0xff;
        return (head >= FIXMAP && head < FIXARRAY) || head == 0xde || head == 0xdf;
    }

    /** Whether the bytes begin as a map does. */
    static boolean beginsMap(ByteBuffer bytes) {
        return bytes.hasRemaining() && isMapHead(bytes.get(bytes.position()));
    }

    /**
     * Checks that the message is one map and nothing else.
     *
     * @param message the bytes between position and limit, which stay where they are
     * @throws Refusal when it is not, with the reason
     */
    static void checkWholeMap(ByteBuffer message) throws Refusal {
        if (!beginsMap(message)) {
            throw invalid("the message must be a map");
        }
        ByteBuffer rest = message.duplicate();
        switch (new MsgpackExtent().scan(rest)) {
            case UNFINISHED -> throw invalid("the message ends within its map");
            case NOT_MSGPACK -> throw invalid("the message is not msgpack: there is a byte 0xc1");
            case TOO_LONG -> throw invalid("the message's map has more than " + MAX_BYTES + " bytes");
            case COMPLETE -> {
                if (rest.hasRemaining()) {
                    throw invalid("the message must be one map and nothing behind it");
                }
            }
        }
    }

    private static Refusal invalid(String message) {
        return new Refusal(ErrorCode.INVALID_REQUEST, message);
    }

    /** Goes on through the bytes, from their position to the value's end or theirs, and moves their position there. */
    Progress scan(ByteBuffer bytes) {
        while (progress == Progress.UNFINISHED && bytes.hasRemaining()) {
            if (bodyBytesToCome > 0) {
                skipBody(bytes);
            } else if (lengthBytesToCome > 0) {
                size++;
                onLengthByte(bytes.get() & 0xff);
            } else {
                size++;
                onHead(bytes.get() & 0xff);
            }
            judge();
        }
        return progress;
    }

    /** Bytes that the value has so far; all that it has once it is complete. */
    int size() {
        return size;
    }

    /** Forgets this value and waits for the next. */
    void restart() {
        progress = Progress.UNFINISHED;
        size = 0;
        valuesToCome = 1;
        lengthBytesToCome = 0;
        bodyBytesToCome = 0;
    }

    private void skipBody(ByteBuffer bytes) {
        int here = (int) Math.min(bodyBytesToCome, bytes.remaining());
        bytes.position(bytes.position() + here);
        bodyBytesToCome -= here;
        size += here;
    }

    private void onHead(int head) {
        valuesToCome--;
        if (head < FIXMAP || head >= NEGATIVE_FIXINT) {
            return;
        }
        if (head < FIXARRAY) {
            valuesToCome += 2L * (head & 0x0f);
        } else if (head < FIXSTR) {
            valuesToCome += head & 0x0f;
        } else if (head < 0xc0) {
            bodyBytesToCome = head & 0x1f;
        } else {
            onHeadWithFormat(head);
        }
    }

    private void onHeadWithFormat(int head) {
        switch (head) {
            case 0xc0, 0xc2, 0xc3 -> {} // nil, false, true
            case NEVER_USED -> progress = Progress.NOT_MSGPACK;
            case 0xcc, 0xd0 -> bodyBytesToCome = 1; // numbers
            case 0xcd, 0xd1 -> bodyBytesToCome = 2;
            case 0xca, 0xce, 0xd2 -> bodyBytesToCome = 4;
            case 0xcb, 0xcf, 0xd3 -> bodyBytesToCome = 8;
            case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> bodyBytesToCome = 1L + (1 << (head - 0xd4)); // fixext: type, data
            case 0xc4, 0xc7, 0xd9 -> expectLength(head, 1); // bin, ext, str
            case 0xc5, 0xc8, 0xda, 0xdc, 0xde -> expectLength(head, 2); // and array, map
            default -> expectLength(head, 4); // the 32-bit ones of these five: c6, c9, db, dd, df
        }
    }

    private void expectLength(int head, int lengthBytes) {
        this.head = head;
        lengthBytesToCome = lengthBytes;
        length = 0;
    }

    private void onLengthByte(int lengthByte) {
        length = (length << 8) | lengthByte;
        lengthBytesToCome--;
        if (lengthBytesToCome > 0) {
            return;
        }
        switch (head) {
            case 0xc7, 0xc8, 0xc9 -> bodyBytesToCome = 1 + length; // ext: type, data
            case 0xdc, 0xdd -> valuesToCome += length; // array
            case 0xde, 0xdf -> valuesToCome += 2 * length; // map
            default -> bodyBytesToCome = length;
        }
    }

    private void judge() {
        if (progress == Progress.NOT_MSGPACK) {
            return;
        }
        long toCome = valuesToCome + lengthBytesToCome + bodyBytesToCome; // a value is a byte at least
        if (size + toCome > MAX_BYTES) {
            progress = Progress.TOO_LONG;
        } else if (toCome == 0) {
            progress = Progress.COMPLETE;
        }
    }
}
