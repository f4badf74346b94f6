package dev.lander.control.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a control connection marks where a message ends. The peer's first bytes decide, for both directions and for good.
 */
public enum Framing {
    /** Too few bytes have come to tell. */
    UNDECIDED,
    /** Msgpack values back to back. */
    BARE,
    /** A 4-byte little-endian length before each message. */
    LENGTH_PREFIXED;

    static final int PREFIX_BYTES = 4;

    /**
     * Makes a message ready to be sent. While nothing is decided it goes out bare.
     *
     * @param payload the msgpack of one message
     */
    public ByteBuffer frame(ByteBuffer payload) {
        if (this != LENGTH_PREFIXED) {
            return payload;
        }
        int length = payload.remaining();
        return ByteBuffer.allocate(PREFIX_BYTES + length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .put(payload)
                .flip();
    }
}
