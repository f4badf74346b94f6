package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.PythonClient;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code landerctl relays} of the clients of a real Lander, more than one page of them. */
class RelaysIT {
    private static final int CLIENTS = 300;

    /** Starting an interpreter takes its time. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final int relayPort = FreePorts.next();

    @Test
    void landerctlTellsWhoIsConnectedToWhom() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (LanderProcess lander = LanderProcess.start();
                TcpServer server = TcpServer.echo();
                ControlPeer peer = lander.control()) {
            assertEquals(0, peer.register("tcp", server.port(), relayPort, "name", "web-1"));
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(connect());
            }
            List<String> all = relays(lander);
            assertEquals(1 + CLIENTS, all.size());
            for (Socket client : clients) {
                String shown = "127.0.0.1:" + client.getLocalPort() + " ";
                assertTrue(all.stream().anyMatch(line -> line.contains(shown)), shown);
            }
            assertTrue(
                    all.get(1)
                            .matches("tcp/" + relayPort + " +127.0.0.1:[0-9]+ +web-1 +[0-9.ms]+ +1B +1B"
                                    + " +relaying +either +0B"),
                    all.get(1));
            assertEquals(
                    all.size(), relays(lander, "localhost:" + server.port()).size());
            assertEquals(List.of("nobody is connected"), relays(lander, "127.0.0.2:" + server.port()));
            assertEquals(List.of("nobody is connected"), relays(lander, "--protocol", "udp"));
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort);
        client.getOutputStream().write('x');
        assertEquals('x', client.getInputStream().read());
        return client;
    }

    private static List<String> relays(LanderProcess lander, String... options) throws Exception {
        List<Object> arguments =
                new ArrayList<>(List.of("127.0.0.1:" + lander.controlAddress().getPort(), "relays"));
        arguments.addAll(List.of(options));
        try (ChildProcess ended = PythonClient.start("landerctl.py", arguments.toArray())) {
            assertEquals(0, ended.exitStatus(LIMIT), ended::toString);
            return ended.output();
        }
    }
}
