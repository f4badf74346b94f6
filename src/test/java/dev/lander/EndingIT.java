package dev.lander;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.BoundPorts;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of the process by signals. */
class EndingIT {
    private static final int HALF = 1 << 20;

    private final byte[] download = new byte[2 * HALF];
    private final CompletableFuture<Void> rest = new CompletableFuture<>();
    private final int relayPort = FreePorts.next();

    EndingIT() {
        new Random(1).nextBytes(download);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void aSignalLetsASlowDownloadFinish(String signal) throws Exception {
        try (TcpServer server = TcpServer.serving(this::serveSlowly);
                LanderProcess lander = LanderProcess.start();
                ControlPeer component = lander.control()) {
            assertEquals(0, component.register("tcp", server.port(), relayPort));
            try (Socket client = connect()) {
                byte[] firstHalf = client.getInputStream().readNBytes(HALF);

                lander.process().signal(signal);
                Await.until("no new client is taken", () -> !BoundPorts.tcp(relayPort));
                assertTrue(lander.process().isAlive());
                rest.complete(null);
                byte[] secondHalf = client.getInputStream().readAllBytes();

                assertArrayEquals(download, concatenated(firstHalf, secondHalf));
            }
            component.awaitClosed();
            assertEquals(0, lander.process().exitStatus());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void aSecondSignalEndsItAtOnce(String signal) throws Exception {
        try (TcpServer server = TcpServer.serving(this::serveSlowly);
                LanderProcess lander = LanderProcess.start("--drain-timeout", "1h");
                ControlPeer component = lander.control()) {
            assertEquals(0, component.register("tcp", server.port(), relayPort));
            try (Socket client = connect()) {
                client.getInputStream().readNBytes(HALF);
                lander.process().signal("TERM");
                lander.process().awaitLog("ending open_relays=1");

                lander.process().signal(signal);

                assertEquals(0, lander.process().exitStatus());
                assertCut(client);
            }
        }
    }

    @Test
    void withNothingToCutTheDrainTimeoutIsNoNews() throws Exception {
        try (LanderProcess lander = LanderProcess.start("--drain-timeout", "0")) {
            lander.process().signal("TERM");
            assertEquals(0, lander.process().exitStatus());
            lander.process().awaitLog("ended");
            assertFalse(lander.process().toString().contains("drain_timeout"), lander.process()::toString);
        }
    }

    private void serveSlowly(Socket connection) throws IOException {
        connection.getOutputStream().write(download, 0, HALF);
        rest.join();
        connection.getOutputStream().write(download, HALF, HALF);
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort);
        client.setSoTimeout(10_000);
        return client;
    }

    private static void assertCut(Socket client) throws IOException {
        try {
            assertEquals(-1, client.getInputStream().read());
        } catch (SocketException reset) {
            // cut as well
        }
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        byte[] all = new byte[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
