package dev.lander.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.AdminClient;
import dev.lander.testing.AdminLander;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.HeldLander;
import dev.lander.testing.RunningLander;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HealthEndpointTest {
    @Test
    void isGoodWhileTheLoopTurns() throws IOException {
        try (RunningLander lander = AdminLander.start()) {
            HttpResponse<String> health = AdminClient.of(lander).get("/healthz");
            assertEquals(200, health.statusCode());
            assertEquals("ok\n", health.body());
        }
    }

    @Test
    void isUnavailableWhileTheLoopIsStuckAndGoodAgainThen() throws IOException {
        try (HeldLander lander = HeldLander.start(AdminLander.options())) {
            AdminClient admin =
                    new AdminClient(Objects.requireNonNull(lander.lander().adminAddress()));
            lander.hold();
            HttpResponse<String> stuck = admin.get("/healthz");
            assertEquals(503, stuck.statusCode());
            assertTrue(stuck.body().startsWith("stuck"), stuck.body());
            assertEquals(503, admin.get("/api/status").statusCode());
            lander.release();
            assertEquals(200, admin.get("/healthz").statusCode());
            assertEquals(200, admin.get("/api/status").statusCode());
        }
    }

    @Test
    void isUnavailableWhileOpenRelaysFinish() throws IOException {
        int relayPort = FreePorts.next();
        try (RunningLander lander = AdminLander.start();
                TcpServer server = TcpServer.echo();
                ControlPeer peer = lander.control()) {
            AdminClient admin = AdminClient.of(lander);
            assertEquals(0, peer.register("tcp", server.port(), relayPort));
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
                client.getOutputStream().write(1);
                assertEquals(1, client.getInputStream().read());
                lander.lander().end();
                Await.until("it drains", () -> admin.get("/healthz").statusCode() == 503);
                assertEquals("draining\n", admin.get("/healthz").body());
                assertTrue(admin.get("/api/rates").body().contains("\"state\":\"draining\""));
            }
            Await.until("it has ended", lander::hasEnded);
        }
    }
}
