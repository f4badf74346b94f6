package dev.lander.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.metrics.Counter;
import dev.lander.relay.udp.UdpPeer;
import dev.lander.testing.Await;
import dev.lander.testing.BoundPorts;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A relay port after its last component has left, with {@code --port-linger}. */
final class PortLingerTest {
    private static final Duration LINGER = Duration.ofSeconds(10);
    private static final byte[] REQUEST = {1, 2, 3};

    private static TestOptions options() {
        TestOptions options = new TestOptions();
        options.portLinger = LINGER;
        options.healthInterval = Duration.ofHours(1); // a clock that is moved would make checks due
        return options;
    }

    @Test
    void itIsHeldForAWhileAndResetsItsClients() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                TcpServer teller = TcpServer.tellingItsPort()) {
            rig.register("tcp", teller.port());
            rig.unregister("tcp", teller.port());
            assertTrue(ShownStatus.of(rig.control()).services().isEmpty());
            for (int i = 0; i < 3; i++) {
                assertTrue(Received.from(rig.connect()).reset());
            }
            assertEquals(3, rig.lander().counted(Counter.CLIENT_LINGERING));
            assertEquals(0, teller.accepted());
            rig.advance(LINGER.minusMillis(500));
            assertTrue(BoundPorts.tcp(rig.port()));
            rig.advance(Duration.ofMillis(500));
            Await.until("it is free", () -> !BoundPorts.tcp(rig.port()));
        }
    }

    @Test
    void aComponentThatRestartsGetsItBack() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                TcpServer teller = TcpServer.tellingItsPort()) {
            try (ControlPeer component = rig.lander().control()) {
                assertEquals(0, component.register("tcp", teller.port(), rig.port(), "balance", "leastconn"));
            }
            Await.until("it has gone", () -> rig.lander().controlConnections() == 1);
            assertTrue(Received.from(rig.connect()).reset());
            rig.advance(LINGER.dividedBy(2));
            rig.register("tcp", teller.port(), "balance", "source");
            rig.advance(LINGER);
            assertEquals(
                    Integer.toString(teller.port()),
                    Received.from(rig.connect()).text());
            assertEquals(
                    "source", ShownStatus.of(rig.control()).services().get(0).balance());
        }
    }

    @Test
    void itIsTakenBackInTheVeryTurnToo() throws Exception {
        try (RelayRig rig = RelayRig.start(options());
                TcpServer teller = TcpServer.tellingItsPort()) {
            rig.register("tcp", teller.port());
            for (int i = 0; i < 20; i++) {
                rig.control()
                        .send("cmd", "unregister", "protocol", "tcp", "port", teller.port(), "relay_port", rig.port());
                rig.control()
                        .send("cmd", "register", "protocol", "tcp", "port", teller.port(), "relay_port", rig.port());
                assertEquals(0, ControlPeer.error(rig.control().reply()));
                assertEquals(0, ControlPeer.error(rig.control().reply()));
                assertEquals(
                        Integer.toString(teller.port()),
                        Received.from(rig.connect()).text());
            }
        }
    }

    @Test
    void openRelaysGoOn() throws Exception {
        try (RelayRig rig = RelayRig.start(options())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            RelayRig.Ends ends = rig.relayTo(component);
            rig.unregister("tcp", component.getLocalPort());
            ends.client().getOutputStream().write(7);
            assertEquals(7, ends.component().getInputStream().read());
        }
    }

    @Test
    void datagramsAreDroppedAndCounted() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpServer echo = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", echo.port());
            client.send(REQUEST, rig.address());
            assertEquals(REQUEST.length, client.receive().bytes().length);
            rig.unregister("udp", echo.port());
            client.send(REQUEST, rig.address());
            client.send(REQUEST, rig.address());
            Await.until("both were dropped", () -> rig.lander().counted(Counter.DATAGRAM_LINGERING) == 2);
            rig.register("udp", echo.port());
            client.send(REQUEST, rig.address());
            assertEquals(REQUEST.length, client.receive().bytes().length);
            assertEquals(2, echo.received());
            rig.unregister("udp", echo.port());
            rig.advance(LINGER);
            Await.until("it is free", () -> !BoundPorts.udp(rig.port()));
        }
    }

    @Test
    void itIsLandersOwnMeanwhile() throws Exception {
        try (RelayRig rig = RelayRig.start(options())) {
            rig.register("tcp", 1);
            rig.unregister("tcp", 1);
            assertEquals(5, rig.control().register("tcp", rig.port(), FreePorts.next()));
        }
    }

    @Test
    void itDoesNotDelayTheEnd() throws Exception {
        try (RelayRig rig = RelayRig.start(options())) {
            ServerSocket component = rig.listen();
            int lingering = FreePorts.next();
            rig.register("tcp", component.getLocalPort());
            RelayRig.Ends ends = rig.relayTo(component);
            assertEquals(0, rig.control().register("tcp", 1, lingering));
            assertEquals(0, rig.control().unregister("tcp", 1, lingering));
            assertTrue(BoundPorts.tcp(lingering));
            rig.lander().lander().end();
            Await.until("it is free", () -> !BoundPorts.tcp(lingering));
            assertFalse(rig.lander().hasEnded());
            ends.client().close();
            ends.component().close();
            Await.until("Lander has ended", () -> rig.lander().hasEnded());
        }
    }

    @Test
    void whoeverWaitsInTheQueueIsClosed() throws Exception {
        TestOptions options = options();
        options.queueTimeout = LINGER;
        try (RelayRig rig = RelayRig.start(options)) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_connections", 1);
            rig.relayTo(component);
            Socket waiting = rig.connect();
            rig.letTurn();
            rig.unregister("tcp", component.getLocalPort());
            assertEquals("", Received.from(waiting).text());
            rig.register("tcp", component.getLocalPort(), "max_connections", 1);
            rig.relayTo(component);
        }
    }
}
