package dev.lander;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.BoundPorts;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.PythonClient;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent in front of servers that know nothing of Lander. */
class AgentIT {
    @Test
    void startsAServerAndEndsItInOrder(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("page"), "as it is");
        int port = FreePorts.next();
        int relayPort = FreePorts.next();
        try (LanderProcess lander = LanderProcess.start();
                ChildProcess agent = PythonClient.start(
                        "agent.py",
                        control(lander),
                        "--port",
                        port,
                        "--relay-port",
                        relayPort,
                        "--check-interval",
                        "100ms",
                        "--",
                        PythonClient.python(),
                        "-m",
                        "http.server",
                        port,
                        "--bind",
                        "127.0.0.1",
                        "--directory",
                        folder)) {
            PythonClient.awaitRegistered(agent);
            try (InputStream page = URI.create("http://127.0.0.1:" + relayPort + "/page")
                    .toURL()
                    .openStream()) {
                assertEquals("as it is", new String(page.readAllBytes(), US_ASCII));
            }

            agent.signal("TERM");
            assertEquals(0, agent.exitStatus(), agent::toString);
            assertFalse(BoundPorts.tcp(relayPort), "the relay port is left");
            assertFalse(BoundPorts.tcp(port), "the server is left");
        }
    }

    @Test
    void lettingAServerGoCutsNobodyOff() throws Exception {
        int relayPort = FreePorts.next();
        CompletableFuture<Void> rest = new CompletableFuture<>();
        try (TcpServer server = TcpServer.serving(connection -> {
                    connection.getOutputStream().write("first half, ".getBytes(US_ASCII));
                    rest.join();
                    connection.getOutputStream().write("second half".getBytes(US_ASCII));
                });
                LanderProcess lander = LanderProcess.start();
                ChildProcess agent = PythonClient.start(
                        "agent.py", control(lander), "--port", server.port(), "--relay-port", relayPort)) {
            PythonClient.awaitRegistered(agent);
            try (Socket client = connect(relayPort)) {
                byte[] firstHalf = client.getInputStream().readNBytes("first half, ".length());
                assertEquals("first half, ", new String(firstHalf, US_ASCII));

                agent.signal("TERM");
                lander.process().awaitLog("state=draining");
                assertTurnedAway(relayPort);
                assertTrue(agent.isAlive(), "it waits for its client");

                rest.complete(null);
                assertEquals("second half", new String(client.getInputStream().readAllBytes(), US_ASCII));
            }
            assertEquals(0, agent.exitStatus(), agent::toString);
            assertFalse(BoundPorts.tcp(relayPort), "the relay port is left");
        }
    }

    @Test
    void keepsClientsFromAServerWhileItsCheckFails(@TempDir Path folder) throws Exception {
        Path well = Files.createFile(folder.resolve("well"));
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.echo();
                LanderProcess lander = LanderProcess.start();
                ChildProcess agent = PythonClient.start(
                        "agent.py",
                        control(lander),
                        "--port",
                        server.port(),
                        "--relay-port",
                        relayPort,
                        "--check",
                        "test -e " + well,
                        "--check-interval",
                        "50ms")) {
            PythonClient.awaitRegistered(agent);
            assertEchoed(relayPort);

            Files.delete(well);
            lander.process().awaitLog("out_of_rotation");
            assertTurnedAway(relayPort);

            Files.createFile(well);
            lander.process().awaitLog("in_rotation");
            assertEchoed(relayPort);
        }
    }

    private static String control(LanderProcess lander) {
        return "127.0.0.1:" + lander.controlAddress().getPort();
    }

    private static Socket connect(int port) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(10_000);
        return client;
    }

    private static void assertEchoed(int relayPort) throws IOException {
        try (Socket client = connect(relayPort)) {
            byte[] text = "hello".getBytes(US_ASCII);
            client.getOutputStream().write(text);
            client.shutdownOutput();
            assertArrayEquals(text, client.getInputStream().readAllBytes());
        }
    }

    /** New clients are closed at once. */
    private static void assertTurnedAway(int relayPort) throws IOException {
        try (Socket client = connect(relayPort)) {
            assertEquals(-1, client.getInputStream().read());
        }
    }
}
