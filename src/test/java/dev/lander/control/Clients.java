package dev.lander.control;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Clients of a TCP relay port whose components are {@link dev.lander.testing.TcpServer#tellingItsPort}. */
final class Clients {
    private static final int TIMEOUT_MS = 10_000;

    private Clients() {}

    /** A client's open connection. */
    static Socket connect(int relayPort) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort);
        client.setSoTimeout(TIMEOUT_MS);
        return client;
    }

    /** The port of the component that serves the next client; 0 = the client was closed at once. */
    static int servedBy(int relayPort) throws IOException {
        try (Socket client = connect(relayPort)) {
            String told = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return told.isEmpty() ? 0 : Integer.parseInt(told);
        }
    }

    /** The ports of the components that serve the next clients. */
    static List<Integer> servedBy(int relayPort, int clients) throws IOException {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            ports.add(servedBy(relayPort));
        }
        return ports;
    }
}
