package dev.lander.relay;

import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Components that say which they are and what they got, and the clients that ask them. */
public final class NamedServer {
    private static final int TIMEOUT_MS = 10_000;

    private NamedServer() {}

    /** Reads to the client's end, then answers with its own name, a colon and all that it got. */
    public static TcpServer of(String name) throws IOException {
        return TcpServer.serving(connection -> {
            byte[] got = connection.getInputStream().readAllBytes();
            OutputStream out = connection.getOutputStream();
            out.write((name + ":").getBytes(StandardCharsets.ISO_8859_1));
            out.write(got);
        });
    }

    /** What comes back for these bytes and an end; empty when the connection is closed. */
    public static String answer(InetSocketAddress relay, byte[] sent) throws IOException {
        return answer(InetAddress.getLoopbackAddress(), relay, sent);
    }

    /** From this address of the client's. */
    static String answer(InetAddress client, InetSocketAddress relay, byte[] sent) throws IOException {
        try (Socket socket = new Socket(relay.getAddress(), relay.getPort(), client, 0)) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write(sent);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /** Who has answered; empty when the connection was closed. */
    static String served(InetSocketAddress relay, byte[] sent) throws IOException {
        String answer = answer(relay, sent);
        int end = answer.indexOf(':');
        return end < 0 ? answer : answer.substring(0, end);
    }
}
