package dev.lander.simulation;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** The record with a client's first message of TLS as a component gets it, if there is one. */
final class RecordText {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int length = Opening.RECORD_HEAD;

    boolean isBegun() {
        return bytes.size() > 0;
    }

    /** Takes its first bytes, which are fewer than it has. */
    void begin(byte[] first) {
        for (byte next : first) {
            take(next);
        }
    }

    /** Whether the next byte of the stream belongs to it. */
    boolean wants() {
        return isBegun() && bytes.size() < length;
    }

    void take(byte next) {
        bytes.write(next);
        if (bytes.size() == Opening.RECORD_HEAD) {
            byte[] head = bytes.toByteArray();
            length += ((head[3] & 0xff) << 8) | (head[4] & 0xff);
        }
    }

    boolean is(ByteBuffer expected) {
        return expected.equals(ByteBuffer.wrap(bytes.toByteArray()));
    }
}
