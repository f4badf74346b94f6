package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lander.relay.ClosedPort;
import dev.lander.relay.Received;
import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.FreePorts;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What Lander concludes from connects: who can't be reached leaves the rotation, and is tried until it can. */
final class TcpProbeTest {
    @Test
    void threeRefusedConnectsInARowMakeUnreachable() throws Exception {
        try (RelayRig rig = RelayRig.start();
                ClosedPort closed = new ClosedPort()) {
            rig.register("tcp", closed.port());
            assertUnserved(rig);
            assertUnserved(rig);
            assertEquals("good", rig.state("tcp", closed.port()));
            assertUnserved(rig);
            assertEquals("unreachable", rig.state("tcp", closed.port()));
        }
    }

    @Test
    void threeTimeoutsInARowMakeUnreachable() throws Exception {
        TestOptions options = new TestOptions();
        options.connectTimeout = Duration.ofMillis(500);
        options.healthInterval = Duration.ofHours(1);
        try (RelayRig rig = RelayRig.startWithMovedClock(options);
                FullListener full = new FullListener()) {
            rig.register("tcp", full.port());
            for (int i = 0; i < 3; i++) {
                assertEquals("good", rig.state("tcp", full.port()));
                Socket client = rig.connect();
                Await.until("it is tried", () -> rig.sum("active") == 1);
                rig.advance(options.connectTimeout);
                assertEquals("", Received.from(client).text());
            }
            assertEquals("unreachable", rig.state("tcp", full.port()));
        }
    }

    @Test
    void successBreaksTheRow() throws Exception {
        int port = FreePorts.next();
        try (RelayRig rig = RelayRig.start()) {
            rig.register("tcp", port);
            for (int i = 0; i < 3; i++) {
                assertUnserved(rig);
                assertUnserved(rig);
                serveOnce(rig, port);
            }
            assertEquals(6, rig.number("tcp", port, "failures"));
            assertEquals("good", rig.state("tcp", port));
        }
    }

    @Test
    void unreachableComponentIsOutOfRotation() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                ClosedPort closed = new ClosedPort();
                TcpServer good = TcpServer.tellingItsPort()) {
            rig.register("tcp", closed.port());
            rig.register("tcp", good.port());
            for (int i = 0; i < 20; i++) {
                assertEquals(
                        Integer.toString(good.port()),
                        Received.from(rig.connect()).text());
            }
            assertEquals(3, rig.number("tcp", closed.port(), "failures"));
        }
    }

    @Test
    void unreachableComponentIsTheLastResort() throws Exception {
        int port = FreePorts.next();
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            rig.register("tcp", port);
            makeUnreachable(rig, port);
            serveOnce(rig, port);
            assertEquals("good", rig.state("tcp", port), "a connect has succeeded");
        }
    }

    @Test
    void probeBringsItBackAfterASecond() throws Exception {
        int port = FreePorts.next();
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            rig.register("tcp", port);
            makeUnreachable(rig, port);
            ServerSocket component = listenOn(rig, port);
            rig.advance(Duration.ofMillis(900));
            assertEquals("unreachable", rig.state("tcp", port));
            rig.advance(Duration.ofMillis(100));
            Await.until("the probe has succeeded", () -> rig.state("tcp", port).equals("good"));
            assertEquals(0, Received.from(rig.accept(component)).length(), "nothing is said to it");
            assertEquals(0, rig.number("tcp", port, "total"), "a probe is no relay");
            assertEquals(0, rig.number("tcp", port, "active"));
        }
    }

    @Test
    void probeThatTimesOutIsRepeated() throws Exception {
        TestOptions options = new TestOptions();
        options.connectTimeout = Duration.ofMillis(500);
        try (RelayRig rig = RelayRig.startWithMovedClock(options);
                FullListener full = new FullListener()) {
            rig.register("tcp", full.port());
            for (int i = 0; i < 3; i++) {
                Socket client = rig.connect();
                Await.until("it is tried", () -> rig.sum("active") == 1);
                rig.advance(options.connectTimeout);
                assertEquals("", Received.from(client).text());
            }
            rig.advance(Duration.ofSeconds(1).plus(options.connectTimeout)); // the first probe, in vain
            full.makeRoom();
            rig.advance(Duration.ofSeconds(2));
            Await.until("the second has succeeded", () -> rig.state("tcp", full.port())
                    .equals("good"));
        }
    }

    @Test
    void pausesDoubleToThirtySeconds() throws Exception {
        int port = FreePorts.next();
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofHours(1);
        for (int failedProbes = 1; failedProbes <= 6; failedProbes++) {
            try (RelayRig rig = RelayRig.startWithMovedClock(options)) {
                rig.register("tcp", port);
                makeUnreachable(rig, port);
                for (int probe = 0; probe < failedProbes; probe++) {
                    rig.advance(pause(probe));
                    rig.letTurn(); // the refusal is heard before time goes on
                }
                try (ServerSocket component = listenOn(rig, port)) {
                    rig.advance(pause(failedProbes).minusMillis(100));
                    assertEquals("unreachable", rig.state("tcp", port), "after " + failedProbes + " failed probes");
                    rig.advance(Duration.ofMillis(100));
                    rig.accept(component);
                    Await.until("the probe has succeeded", () -> rig.state("tcp", port)
                            .equals("good"));
                }
            }
        }
    }

    @Test
    void pausesBeginAgainWithTheNextFailure() throws Exception {
        int port = FreePorts.next();
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            rig.register("tcp", port);
            makeUnreachable(rig, port);
            rig.advance(Duration.ofSeconds(7)); // three probes; the next is due in 8 s
            serveOnce(rig, port);
            makeUnreachable(rig, port);
            try (ServerSocket component = listenOn(rig, port)) {
                rig.advance(Duration.ofSeconds(1));
                rig.accept(component);
                Await.until(
                        "the probe has succeeded", () -> rig.state("tcp", port).equals("good"));
            }
        }
    }

    @Test
    void componentThatLeavesIsNotProbed() throws Exception {
        int port = FreePorts.next();
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                TcpServer other = TcpServer.echo()) {
            rig.register("tcp", port);
            makeUnreachable(rig, port);
            rig.register("tcp", other.port());
            rig.unregister("tcp", port);
            ServerSocket component = listenOn(rig, port);
            rig.advance(Duration.ofSeconds(10));
            component.setSoTimeout(1);
            assertThrows(SocketTimeoutException.class, component::accept);
        }
    }

    @Test
    void probeNamesItsOwnAddressesToAComponentThatExpectsAHeader() throws Exception {
        int port = FreePorts.next();
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            rig.register("tcp", port, "proxy_protocol", "v1");
            makeUnreachable(rig, port);
            ServerSocket component = listenOn(rig, port);
            rig.advance(Duration.ofSeconds(1));
            Socket probe = rig.accept(component);
            String expected = "PROXY TCP4 127.0.0.1 127.0.0.1 " + probe.getPort() + " " + port + "\r\n";
            assertEquals(expected, Received.from(probe).text());
        }
    }

    @Test
    void whatClientsDoNeverCounts() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            for (int i = 0; i < 20; i++) {
                Socket client = rig.connect();
                client.setSoLinger(true, 0);
                client.close();
                rig.accept(component);
            }
            Await.until("all are gone", () -> rig.sum("active") == 0 && rig.sum("total") == 20);
            assertEquals(0, rig.sum("failures"));
            assertEquals("good", rig.state("tcp", component.getLocalPort()));
        }
    }

    private static Duration pause(int failedProbes) {
        return Duration.ofSeconds(Math.min(30, 1L << failedProbes));
    }

    private static void makeUnreachable(RelayRig rig, int port) throws IOException {
        for (int i = 0; i < 3; i++) {
            assertUnserved(rig);
        }
        assertEquals("unreachable", rig.state("tcp", port));
    }

    private static void serveOnce(RelayRig rig, int port) throws IOException {
        try (ServerSocket component = listenOn(rig, port);
                Socket client = rig.connect();
                Socket connection = rig.accept(component)) {
            connection.getOutputStream().write(3);
            assertEquals(3, client.getInputStream().read());
        }
    }

    private static ServerSocket listenOn(RelayRig rig, int port) throws IOException {
        return rig.own(new ServerSocket(port, 0, InetAddress.getLoopbackAddress()));
    }

    private static void assertUnserved(RelayRig rig) throws IOException {
        assertEquals("", Received.from(rig.connect()).text());
    }
}
