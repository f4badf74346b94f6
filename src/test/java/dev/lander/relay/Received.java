package dev.lander.relay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/**
 * All that came over a connection, and how it ended.
 *
 * @param reset it was reset; otherwise it ended in order
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two
public record Received(byte[] bytes, boolean reset) {
    private static final int PORTION = 64 * 1024;

    /** Reads to the end, which must come before the socket's read times out. */
    public static Received from(Socket socket) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] portion = new byte[PORTION];
        InputStream in = socket.getInputStream();
        while (true) {
            int count;
            try {
                count = in.read(portion);
            } catch (SocketException reset) {
                return new Received(bytes.toByteArray(), true);
            }
            if (count < 0) {
                return new Received(bytes.toByteArray(), false);
            }
            bytes.write(portion, 0, count);
        }
    }

    public int length() {
        return bytes.length;
    }

    public String text() {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
