package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.ClosedPort;
import dev.lander.relay.RandomStream;
import dev.lander.relay.Received;
import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.HeldLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who serves a new client, and what the client notices of those who can't: nothing. */
final class UpstreamConnectTest {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private static TestOptions shortTimeout() {
        TestOptions options = new TestOptions();
        options.connectTimeout = CONNECT_TIMEOUT;
        return options;
    }

    @Test
    void eachConnectionIsANewChoice() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            List<String> ports = registerTellers(rig, 3);
            List<String> served = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                served.add(askWhoServes(rig));
            }
            List<String> threeRounds = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                threeRounds.addAll(ports);
            }
            assertEquals(threeRounds, served);
        }
    }

    @Test
    void connectionIsOpenedBeforeTheClientSaysAnything() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            rig.connect();
            assertTrue(rig.accept(component).isConnected());
        }
    }

    @Test
    void componentThatRefusesIsSkipped() throws Exception {
        try (RelayRig rig = RelayRig.start();
                ClosedPort closed = new ClosedPort()) {
            rig.register("tcp", closed.port());
            String good = registerTellers(rig, 1).get(0);
            for (int i = 0; i < 10; i++) {
                assertEquals(good, askWhoServes(rig));
            }
        }
    }

    @Test
    void anyNumberOfComponentsMayRefuse() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            for (int i = 0; i < 50; i++) {
                rig.register("tcp", rig.own(new ClosedPort()).port());
            }
            String good = registerTellers(rig, 1).get(0);
            assertEquals(good, askWhoServes(rig));
            assertEquals(50, rig.sum("failures"));
            assertEquals(1, rig.sum("total"));
        }
    }

    @Test
    void eachComponentIsTriedOnceForAClient() throws Exception {
        try (RelayRig rig = RelayRig.start();
                ClosedPort first = new ClosedPort();
                ClosedPort second = new ClosedPort()) {
            rig.register("tcp", first.port());
            rig.register("tcp", second.port());
            assertClosedAtOnce(rig);
            assertEquals(1, rig.number("tcp", first.port(), "failures"));
            assertEquals(1, rig.number("tcp", second.port(), "failures"));
            assertEquals(0, rig.sum("active"));
        }
    }

    @Test
    void twoTimeoutsAreSurvived() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(shortTimeout())) {
            for (int i = 0; i < 2; i++) {
                rig.register("tcp", rig.own(new FullListener()).port());
            }
            String good = registerTellers(rig, 1).get(0);
            Socket client = rig.connect();
            timeOut(rig, 0);
            timeOut(rig, 1);
            assertEquals(good, Received.from(client).text());
            assertEquals(2, rig.sum("failures"));
        }
    }

    @Test
    void afterThreeTimeoutsTheClientIsClosed() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(shortTimeout())) {
            for (int i = 0; i < 3; i++) {
                rig.register("tcp", rig.own(new FullListener()).port());
            }
            registerTellers(rig, 1);
            Socket client = rig.connect();
            for (int i = 0; i < 3; i++) {
                timeOut(rig, i);
            }
            assertEquals("", Received.from(client).text());
            assertEquals(0, rig.sum("total"));
            assertEquals(0, rig.sum("active"));
        }
    }

    @Test
    void refusalsDoNotUseUpTheTimeouts() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(shortTimeout())) {
            for (int i = 0; i < 2; i++) {
                rig.register("tcp", rig.own(new ClosedPort()).port());
                rig.register("tcp", rig.own(new FullListener()).port());
                rig.register("tcp", rig.own(new ClosedPort()).port());
            }
            String good = registerTellers(rig, 1).get(0);
            Socket client = rig.connect();
            timeOut(rig, 1);
            timeOut(rig, 4);
            assertEquals(good, Received.from(client).text());
            assertEquals(6, rig.sum("failures"));
        }
    }

    @Test
    void whatTheClientHasSentSurvivesTheTries() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(shortTimeout());
                TcpServer echo = TcpServer.echo()) {
            rig.register("tcp", rig.own(new ClosedPort()).port());
            rig.register("tcp", rig.own(new FullListener()).port());
            rig.register("tcp", echo.port());
            Socket client = rig.connect();
            RandomStream bytes = new RandomStream(System.nanoTime(), 200_000);
            bytes.writeTo(client.getOutputStream());
            client.shutdownOutput();
            timeOut(rig, 1);
            bytes.checkAll(client.getInputStream());
        }
    }

    @Test
    void whatTheComponentDoesOnceConnectedIsPassedOn() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer closing = TcpServer.serving(
                        connection -> connection.getOutputStream().write('!'))) {
            rig.register("tcp", closing.port());
            registerTellers(rig, 1);
            assertEquals("!", askWhoServes(rig));
            assertEquals(0, rig.sum("failures"));
        }
    }

    @Test
    void resetByAComponentBeforeLanderKnowsOfTheConnectionIsPassedOn() throws Exception {
        int relayPort = FreePorts.next();
        try (FullListener resetting = new FullListener();
                TcpServer other = TcpServer.tellingItsPort();
                HeldLander lander = HeldLander.start(new TestOptions());
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", resetting.port(), relayPort));
            assertEquals(0, control.register("tcp", other.port(), relayPort));
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
                client.setSoTimeout(10_000);
                Await.until(
                        "the component is tried",
                        () -> ShownStatus.of(control)
                                        .component(resetting.port())
                                        .active()
                                == 1);
                lander.hold();
                Socket connection = resetting.letIn();
                connection.setSoLinger(true, 0);
                connection.close();
                lander.release();
                Received received = Received.from(client);
                assertEquals("", received.text());
                assertTrue(received.reset(), "it was reset");
            }
            ShownStatus.Component first = ShownStatus.of(control).component(resetting.port());
            assertEquals(0, first.failures());
            assertEquals(1, first.total());
        }
    }

    @Test
    void clientIsClosedAtOnceWhenAllAreBad() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            registerTellers(rig, 2);
            assertEquals(0, rig.control().report("tcp", rig.port(), "bad"));
            assertClosedAtOnce(rig);
            assertEquals(0, rig.control().report("tcp", rig.port(), "good"));
            assertTrue(askWhoServes(rig).length() > 0);
        }
    }

    @Test
    void clientIsClosedAtOnceWhenAllAreDraining() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            String port = registerTellers(rig, 1).get(0);
            rig.drain("tcp", Integer.parseInt(port));
            assertClosedAtOnce(rig);
        }
    }

    @Test
    void fullComponentsAreSkippedAndClientsClosedWhenAllAreFull() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket small = rig.listen();
            ServerSocket large = rig.listen();
            rig.register("tcp", small.getLocalPort(), "max_connections", 1);
            rig.register("tcp", large.getLocalPort(), "max_connections", 3);
            List<Socket> ofSmall = new ArrayList<>();
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(rig.connect());
            }
            ofSmall.add(rig.accept(small));
            for (int i = 0; i < 3; i++) {
                rig.accept(large);
            }
            assertEquals(1, rig.number("tcp", small.getLocalPort(), "active"));
            assertEquals(3, rig.number("tcp", large.getLocalPort(), "active"));
            assertClosedAtOnce(rig);

            clients.get(0).close();
            ofSmall.get(0).close();
            Await.until("a place is free", () -> rig.number("tcp", small.getLocalPort(), "active") == 0);
            rig.connect();
            assertTrue(rig.accept(small).isConnected());
            assertClosedAtOnce(rig);
        }
    }

    @Test
    void unregisteredComponentGetsNoMoreClients() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            List<String> ports = registerTellers(rig, 2);
            rig.unregister("tcp", Integer.parseInt(ports.get(0)));
            for (int i = 0; i < 4; i++) {
                assertEquals(ports.get(1), askWhoServes(rig));
            }
        }
    }

    /** Waits until this component is tried, then lets the try's time pass. */
    private static void timeOut(RelayRig rig, int index) throws IOException {
        Await.until(
                "component " + index + " is tried", () -> rig.numbers("active").get(index) == 1L);
        rig.advance(CONNECT_TIMEOUT);
    }

    private static void assertClosedAtOnce(RelayRig rig) throws IOException {
        assertEquals("", Received.from(rig.connect()).text());
    }

    private static List<String> registerTellers(RelayRig rig, int count) throws IOException {
        List<String> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TcpServer server = rig.own(TcpServer.tellingItsPort());
            rig.register("tcp", server.port());
            ports.add(Integer.toString(server.port()));
        }
        return ports;
    }

    private static String askWhoServes(RelayRig rig) throws IOException {
        return Received.from(rig.connect()).text();
    }
}
