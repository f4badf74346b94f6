package dev.lander.control.wire;

import java.nio.charset.StandardCharsets;

/** Says what a peer has sent in place of a first message, so that its author knows what to change. */
final class FirstBytes {
    private static final int TLS_HANDSHAKE = 0x16;
    private static final int TLS_MAJOR = 3;
    private static final String[] HTTP_METHODS = {"GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "CONN"};

    private FirstBytes() {}

    /**
     * What the bytes look like, for people.
     *
     * @param bytes holds them from the offset on
     * @param length how many there are, at least one
     */
    static String describe(byte[] bytes, int offset, int length) {
        int first = bytes[offset] & 0xff;
        if (length >= 2 && first == TLS_HANDSHAKE && bytes[offset + 1] == TLS_MAJOR) {
            return "a TLS hello came: this control channel is not encrypted";
        }
        if (isHttp(bytes, offset, length)) {
            return "an HTTP request came: this is the control channel, not the admin page";
        }
        if (isBigEndianLength(bytes, offset, length)) {
            return "a big-endian length came: Lander understands little-endian ones, and maps without a length";
        }
        return first == '{' || first == '[' || first == '"'
                ? "JSON text came: encode the map as msgpack"
                : describeValue(first);
    }

    /** How many bytes of what begins with these two are looked at. */
    static int neededToTell(int first, int second) {
        if (first >= 'A' && first <= 'Z') {
            return 4; // of an HTTP method
        }
        return first == 0 && second == 0 ? 5 : 2; // a big-endian length and what follows it
    }

    /** What a msgpack value that begins with this byte is, where a map is wanted. */
    static String describeValue(int first) {
        if ((first >= 0x90 && first <= 0x9f) || first == 0xdc || first == 0xdd) {
            return "an array came: have your library write a map with field names";
        } else if ((first >= 0xc7 && first <= 0xc9) || (first >= 0xd4 && first <= 0xd8)) {
            return "an extension came: have your library write plain maps"
                    + " (records of msgpackr? use useRecords: false)";
        } else if ((first >= 0xa0 && first <= 0xbf) || (first >= 0xd9 && first <= 0xdb)) {
            return "a string came";
        } else if (first >= 0xc4 && first <= 0xc6) {
            return "binary data came";
        } else if (first == 0xc0) {
            return "nil came";
        } else if (first == 0xc2 || first == 0xc3) {
            return "a boolean came";
        } else if (first == 0xc1) {
            return "a byte 0xc1 came, which msgpack does not use";
        }
        return "a number came, or a length above " + MsgpackExtent.MAX_BYTES;
    }

    private static boolean isHttp(byte[] bytes, int offset, int length) {
        if (length < 4) {
            return false;
        }
        String begin = new String(bytes, offset, 4, StandardCharsets.ISO_8859_1);
        for (String method : HTTP_METHODS) {
            if (method.equals(begin)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBigEndianLength(byte[] bytes, int offset, int length) {
        return length >= 5
                && bytes[offset] == 0
                && bytes[offset + 1] == 0
                && (bytes[offset + 2] != 0 || bytes[offset + 3] != 0)
                && MsgpackExtent.isMapHead(bytes[offset + 4]);
    }
}
