package dev.lander.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.AdminClient;
import dev.lander.testing.AdminLander;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RunningLander;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SlowHttpClientsTest {
    /** Long before the page gives up a slow client, after ten seconds, and long enough for a machine's hiccup. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final int SLOW_CLIENTS = 100;
    private static final int MAX_CONNECTIONS = 200;

    private final List<Socket> slow = new ArrayList<>();
    private RunningLander lander;
    private AdminClient admin;

    @BeforeEach
    void start() throws IOException {
        lander = AdminLander.start();
        admin = AdminClient.of(lander);
        admin.get("/healthz"); // what the first request has to load is not what is measured
    }

    @AfterEach
    void end() throws IOException {
        for (Socket client : slow) {
            client.close();
        }
        lander.close();
    }

    @Test
    void aHundredClientsThatNeverFinishTheirRequestsDoNotStopHealth() throws IOException {
        for (int i = 0; i < SLOW_CLIENTS; i++) {
            connect(1_024).getOutputStream().write(bytes("GET /metrics HTTP/1.1\r\nHost: a\r\nX: "));
        }
        assertHealthy();
    }

    @Test
    void aHundredClientsThatDoNotReadDoNotStopHealth() throws IOException {
        String requests = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500);
        for (int i = 0; i < SLOW_CLIENTS; i++) {
            connect(1_024).getOutputStream().write(bytes(requests));
        }
        assertHealthy();
    }

    @Test
    @Timeout(60)
    void aClientThatDoesNotFinishItsRequestIsClosed() throws IOException {
        Socket client = connect(0);
        client.getOutputStream().write(bytes("GET / HTTP/1.1\r\nX: "));
        client.setSoTimeout(30_000);
        assertEquals(-1, client.getInputStream().read());
    }

    @Test
    @Timeout(60)
    void clientsThatLeaveBeforeTheirAnswerKeepNoPlace() throws Exception {
        for (int i = 0; i < 2 * MAX_CONNECTIONS; i++) {
            try (Socket client = new Socket()) {
                client.connect(admin.address());
                client.getOutputStream().write(bytes("GET /metrics HTTP/1.1\r\nHost: a\r\nX: "));
            }
        }
        Await.until("a new client is answered", () -> {
            try {
                return AdminClient.of(lander).get("/healthz").statusCode() == 200;
            } catch (IOException noPlace) {
                return false;
            }
        });
    }

    @Test
    void anEndlessRequestIsCutOff() throws IOException {
        Socket client = connect(0);
        byte[] junk = bytes("X: " + "a".repeat(1_000) + "\r\n");
        client.getOutputStream().write(bytes("GET / HTTP/1.1\r\n"));
        try {
            for (int i = 0; i < 100_000; i++) {
                client.getOutputStream().write(junk);
            }
            throw new AssertionError("a hundred megabytes of header were taken");
        } catch (SocketException cutOff) {
            // as it should be
        }
        assertHealthy();
    }

    @Test
    void relaysGoOnWhileTheAdminPageIsFlooded() throws Exception {
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.echo();
                ControlPeer peer = lander.control()) {
            assertEquals(0, peer.register("tcp", server.port(), relayPort));
            String requests = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500);
            for (int i = 0; i < SLOW_CLIENTS; i++) {
                connect(1_024).getOutputStream().write(bytes(requests));
            }
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
                client.setTcpNoDelay(true);
                for (int i = 0; i < 100; i++) {
                    long beganNs = System.nanoTime();
                    client.getOutputStream().write(i);
                    assertEquals(i, client.getInputStream().read());
                    long tookMs = (System.nanoTime() - beganNs) / 1_000_000;
                    assertTrue(tookMs < SOON.toMillis(), "a byte took " + tookMs + " ms");
                }
            }
        }
    }

    private void assertHealthy() throws IOException {
        long beganNs = System.nanoTime();
        assertEquals(200, admin.get("/healthz").statusCode());
        Duration took = Duration.ofNanos(System.nanoTime() - beganNs);
        assertTrue(took.compareTo(SOON) < 0, "took " + took);
    }

    private Socket connect(int receiveBuffer) throws IOException {
        Socket client = new Socket();
        if (receiveBuffer > 0) {
            client.setReceiveBufferSize(receiveBuffer);
        }
        client.connect(admin.address());
        slow.add(client);
        return client;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
