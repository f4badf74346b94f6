package dev.lander.relay.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** ClientHellos made by hand, so that each part can be wrong. */
public final class Hellos {
    /** GREASE (RFC 8701) as an extension and as a protocol, which nobody knows. */
    static final int GREASE = 0x0a0a;

    private Hellos() {}

    /** One record with a hello for this name and these protocols. */
    public static byte[] of(String name, String... protocols) {
        return record(message(body(extensions(serverName(name), protocols(protocols)))));
    }

    /** A hello's body with these extensions. */
    public static byte[] body(byte[] extensions) {
        return join(new byte[34], vector(1, new byte[32]), vector(2, new byte[40]), vector(1, new byte[1]), extensions);
    }

    public static byte[] extensions(byte[]... all) {
        return vector(2, join(all));
    }

    public static byte[] extension(int type, byte[] content) {
        return join(number(2, type), vector(2, content));
    }

    public static byte[] serverName(String name) {
        return extension(0, vector(2, join(new byte[1], vector(2, name.getBytes(StandardCharsets.ISO_8859_1)))));
    }

    public static byte[] protocols(String... names) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String name : names) {
            all.writeBytes(vector(1, name.getBytes(StandardCharsets.ISO_8859_1)));
        }
        return extension(16, vector(2, all.toByteArray()));
    }

    public static byte[] message(byte[] body) {
        return join(new byte[] {1}, vector(3, body));
    }

    public static byte[] record(byte[] content) {
        return join(new byte[] {22, 3, 1}, vector(2, content));
    }

    /** The message in records of at most this many bytes. */
    public static byte[] records(byte[] message, int most) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int begin = 0; begin < message.length; begin += most) {
            int length = Math.min(most, message.length - begin);
            byte[] part = new byte[length];
            System.arraycopy(message, begin, part, 0, length);
            all.writeBytes(record(part));
        }
        return all.toByteArray();
    }

    static byte[] vector(int lengthBytes, byte[] content) {
        return join(number(lengthBytes, content.length), content);
    }

    static byte[] number(int bytes, int value) {
        byte[] number = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            number[i] = (byte) (value >> (8 * (bytes - 1 - i)));
        }
        return number;
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List.of(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** Feeds pieces until the decoder knows; false when it never does. */
    static boolean feed(ClientHelloDecoder decoder, byte[] bytes, int piece) throws MalformedHelloException {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        while (all.hasRemaining()) {
            int length = Math.min(Math.min(piece, all.remaining()), decoder.room());
            decoder.take(all.slice(all.position(), length));
            all.position(all.position() + length);
            if (decoder.isWhole()) {
                return true;
            }
        }
        return false;
    }
}
