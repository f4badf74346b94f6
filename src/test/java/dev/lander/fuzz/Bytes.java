package dev.lander.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** Byte arrays out of others. */
final class Bytes {
    /** The length of a length before a message. */
    static final int PREFIX_BYTES = 4;

    private Bytes() {}

    /** Bytes from text like {@code "81 a1 78 01"}. */
    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    static byte[] repeated(byte[] bytes, int times) {
        ByteBuffer repeated = ByteBuffer.allocate(bytes.length * times);
        for (int i = 0; i < times; i++) {
            repeated.put(bytes);
        }
        return repeated.array();
    }

    /** The bytes with those of a range, as far as there are any, replaced by others. */
    static byte[] replaced(byte[] bytes, int from, int to, byte[] by) {
        int start = Math.min(from, bytes.length);
        int end = Math.min(to, bytes.length);
        byte[] replaced = new byte[start + by.length + bytes.length - end];
        System.arraycopy(bytes, 0, replaced, 0, start);
        System.arraycopy(by, 0, replaced, start, by.length);
        System.arraycopy(bytes, end, replaced, start + by.length, bytes.length - end);
        return replaced;
    }

    /** What comes before a message of this length; the upper half of a length that does not fit is lost. */
    static byte[] prefix(long length) {
        return ByteBuffer.allocate(PREFIX_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) length)
                .array();
    }

    /** A message with its length before it. */
    static byte[] prefixed(byte[] message) {
        return joined(prefix(message.length), message);
    }
}
