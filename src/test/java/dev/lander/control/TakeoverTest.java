package dev.lander.control;

import static dev.lander.control.ControlAssertions.assertChecked;
import static dev.lander.control.ControlAssertions.assertNothingPushed;
import static dev.lander.control.ControlAssertions.assertPushed;
import static dev.lander.control.ControlAssertions.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.MovedClock;
import dev.lander.testing.RawPeer;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same component registers again over another connection, as after a lost link. */
class TakeoverTest {
    /** A component's port where nobody listens. */
    private static final int PORT = 9;

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final MovedClock clock = new MovedClock();
    private RunningLander lander;
    private ControlPeer before;
    private ControlPeer after;
    private int relayPort;

    @BeforeEach
    void start() throws IOException {
        TestOptions options = new TestOptions();
        options.healthInterval = INTERVAL;
        lander = RunningLander.start(options, clock);
        before = lander.control();
        after = lander.control();
        assertNothingPushed(after); // else it would be closed for its silence
        relayPort = FreePorts.next();
    }

    @AfterEach
    void end() throws IOException {
        before.close();
        after.close();
        lander.close();
    }

    @Test
    void theRegistrationMovesAndTheOldConnectionIsToldNothing() throws IOException {
        register(before);
        register(after);
        assertNothingPushed(before);
        assertEquals(PORT, ShownStatus.of(after).component(PORT).port());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void theOldConnectionNoLongerHasIt(String protocol) throws IOException {
        assertEquals(0, before.register(protocol, PORT, relayPort));
        assertEquals(0, after.register(protocol, PORT, relayPort));
        assertEquals(4, before.unregister(protocol, PORT, relayPort));
        assertEquals(4, before.report(protocol, relayPort, "bad"));
        assertEquals(4, before.ask("cmd", "drain", "protocol", protocol, "port", PORT, "relay_port", relayPort));
        assertEquals("good", ShownStatus.stateOf(after, PORT));
        assertEquals(0, after.report(protocol, relayPort, "bad"));
        assertEquals("bad", ShownStatus.stateOf(after, PORT));
        assertEquals(0, after.unregister(protocol, PORT, relayPort));
    }

    @Test
    void theEndOfTheOldConnectionRemovesNothing() throws IOException {
        register(before);
        assertEquals(0, before.register("tcp", PORT + 1, relayPort));
        register(after);
        before.close();
        Await.until(
                "the old connection's other registration has ended",
                () -> ShownStatus.of(after).services().get(0).components().size() == 1);
        assertEquals(PORT, ShownStatus.of(after).component(PORT).port());
    }

    @Test
    void theEndOfTheNewConnectionEndsIt() throws IOException {
        register(before);
        register(after);
        after.close();
        Await.until(
                "the registration has ended",
                () -> ShownStatus.of(before).services().isEmpty());
        register(before);
    }

    @Test
    void itMovesBackToTheOldConnection() throws IOException {
        register(before);
        register(after);
        register(before);
        assertEquals(4, after.unregister("tcp", PORT, relayPort));
        assertEquals(0, before.unregister("tcp", PORT, relayPort));
    }

    @Test
    void checksGoToTheNewConnectionOnlyAndBeginAnew() throws IOException {
        register(before);
        lander.advance(clock, Duration.ofSeconds(3));
        register(after);
        lander.advance(clock, INTERVAL.minusMillis(1));
        assertNothingPushed(before);
        assertNothingPushed(after);
        lander.advance(clock, Duration.ofMillis(1));
        assertNothingPushed(before);
        assertChecked(after, "tcp", relayPort, "good");
        lander.advance(clock, INTERVAL);
        assertNothingPushed(before);
        assertChecked(after, "tcp", relayPort, "good");
    }

    @Test
    void theOldConnectionsOtherChecksGoOn() throws IOException {
        int other = FreePorts.next();
        register(before);
        assertEquals(0, before.register("tcp", PORT, other));
        register(after);
        lander.advance(clock, INTERVAL);
        assertChecked(before, "tcp", other, "good");
        assertNothingPushed(before);
    }

    @Test
    void itsNewFieldsReplaceTheOldOnes() throws IOException {
        assertEquals(0, before.register("tcp", PORT, relayPort, "name", "old", "weight", 7));
        assertEquals(0, after.register("tcp", PORT, relayPort, "name", "new"));
        ShownStatus.Component component = ShownStatus.of(after).component(PORT);
        assertEquals("new", component.name());
        assertEquals(1, component.weight());
        register(before);
        assertEquals("127.0.0.1:" + PORT, ShownStatus.of(after).component(PORT).name());
    }

    @Test
    void theServicesPolicyIsNotReplaced() throws IOException {
        assertEquals(0, before.register("tcp", PORT, relayPort, "balance", "leastconn"));
        after.send(
                "cmd",
                "register",
                "protocol",
                "tcp",
                "port",
                PORT,
                "relay_port",
                relayPort,
                "balance",
                "random",
                "name",
                "new");
        assertRefused(12, "leastconn", after.reply());
        assertEquals("127.0.0.1:" + PORT, ShownStatus.of(after).component(PORT).name());
        assertEquals(0, before.report("tcp", relayPort, "good"));
        register(after);
        assertEquals("leastconn", ShownStatus.of(after).services().get(0).balance());
    }

    @Test
    void maxConnectionsIsReplacedThoughRelaysAreOpen() throws IOException {
        try (TcpServer server = TcpServer.echo()) {
            assertEquals(0, before.register("tcp", server.port(), relayPort, "max_connections", 1));
            try (Socket first = Clients.connect(relayPort)) {
                assertEquals(1, echoed(first));
                assertEquals(0, Clients.servedBy(relayPort));
                assertEquals(0, after.register("tcp", server.port(), relayPort, "max_connections", 2));
                try (Socket second = Clients.connect(relayPort)) {
                    assertEquals(1, echoed(second));
                    assertEquals(0, Clients.servedBy(relayPort));
                }
            }
        }
    }

    @Test
    void countersAndOpenRelaysAreKept() throws IOException {
        try (TcpServer server = TcpServer.echo()) {
            assertEquals(0, before.register("tcp", server.port(), relayPort));
            try (Socket client = Clients.connect(relayPort)) {
                assertEquals(1, echoed(client));
                assertEquals(0, after.register("tcp", server.port(), relayPort));
                ShownStatus.Component component = ShownStatus.of(after).component(server.port());
                assertEquals(1, component.active());
                assertEquals(1, component.total());
                assertEquals(1, component.bytesIn());
                assertEquals(1, component.bytesOut());
                before.close();
                assertEquals(1, echoed(client));
                assertEquals(2, ShownStatus.of(after).component(server.port()).bytesOut());
            }
            Await.until(
                    "the relay has ended",
                    () -> ShownStatus.of(after).component(server.port()).active() == 0);
            assertEquals(1, ShownStatus.of(after).component(server.port()).total());
        }
    }

    @Test
    void itsPlaceInTheTurnIsKept() throws IOException {
        try (TcpServer first = TcpServer.tellingItsPort();
                TcpServer second = TcpServer.tellingItsPort();
                TcpServer third = TcpServer.tellingItsPort()) {
            for (TcpServer server : List.of(first, second, third)) {
                assertEquals(0, before.register("tcp", server.port(), relayPort));
            }
            assertEquals(first.port(), Clients.servedBy(relayPort));
            assertEquals(0, after.register("tcp", second.port(), relayPort));
            assertEquals(
                    List.of(second.port(), third.port(), first.port(), second.port()), Clients.servedBy(relayPort, 4));
        }
    }

    @Test
    void drainingIsCleared() throws IOException {
        register(before);
        assertEquals(0, before.ask("cmd", "drain", "protocol", "tcp", "port", PORT, "relay_port", relayPort));
        assertEquals("draining", ShownStatus.stateOf(after, PORT));
        register(after);
        assertEquals("good", ShownStatus.stateOf(after, PORT));
    }

    @Test
    void allMarksAreCleared() throws IOException {
        try (TcpServer server = TcpServer.tellingItsPort()) {
            int port = server.port();
            assertEquals(0, before.register("tcp", port, relayPort));
            assertEquals(0, before.report("tcp", relayPort, "overloaded"));
            lander.advance(clock, INTERVAL.multipliedBy(4));
            assertEquals(0, before.ask("cmd", "drain", "protocol", "tcp", "port", port, "relay_port", relayPort));
            assertEquals(0, Clients.servedBy(relayPort));
            assertEquals(0, after.register("tcp", port, relayPort));
            assertEquals("good", ShownStatus.stateOf(after, port));
            assertEquals(port, Clients.servedBy(relayPort));
            // It has never answered over this connection, so its silence says nothing.
            lander.advance(clock, INTERVAL.multipliedBy(20));
            assertEquals("good", ShownStatus.stateOf(after, port));
        }
    }

    @Test
    void unreachableIsCleared() throws IOException {
        int port = FreePorts.next(); // where nobody listens
        assertEquals(0, before.register("tcp", port, relayPort));
        for (int i = 0; i < 3; i++) {
            assertEquals(0, Clients.servedBy(relayPort));
        }
        assertEquals("unreachable", ShownStatus.stateOf(after, port));
        assertEquals(0, after.register("tcp", port, relayPort));
        assertEquals("good", ShownStatus.stateOf(after, port));
        assertEquals(3, ShownStatus.of(after).component(port).failures());
        assertEquals(0, Clients.servedBy(relayPort));
        assertEquals(0, Clients.servedBy(relayPort));
        assertEquals("good", ShownStatus.stateOf(after, port));
    }

    @Test
    void aDrainIsLiftedAndItsPushesEnd() throws IOException {
        try (TcpServer server = TcpServer.echo()) {
            int port = server.port();
            assertEquals(0, before.register("tcp", port, relayPort));
            try (Socket client = Clients.connect(relayPort)) {
                assertEquals(1, echoed(client));
                assertEquals(0, before.ask("cmd", "drain", "protocol", "tcp", "port", port, "relay_port", relayPort));
                assertPushed(
                        before, "cmd", "drain", "protocol", "tcp", "port", port, "relay_port", relayPort, "active", 1);
                assertEquals(0, after.register("tcp", port, relayPort));
                try (Socket another = Clients.connect(relayPort)) {
                    assertEquals(1, echoed(another));
                }
            }
            Await.until(
                    "the relays have ended",
                    () -> ShownStatus.of(after).component(port).active() == 0);
            lander.advance(clock, Duration.ofSeconds(3));
            assertNothingPushed(before);
            assertNothingPushed(after);
        }
    }

    @Test
    void anotherAddressIsAnotherComponent() throws IOException {
        register(before);
        try (RawPeer elsewhere = RawPeer.connectFrom(InetAddress.getByName("127.0.0.2"), lander.controlAddress())) {
            assertEquals(0, elsewhere.ask("cmd", "register", "protocol", "tcp", "port", PORT, "relay_port", relayPort));
            List<String> hosts = ShownStatus.of(before).services().get(0).components().stream()
                    .map(ShownStatus.Component::host)
                    .toList();
            assertEquals(List.of("127.0.0.1", "127.0.0.2"), hosts);
            assertEquals(0, before.unregister("tcp", PORT, relayPort));
            assertEquals("127.0.0.2", ShownStatus.of(before).component(PORT).host());
        }
    }

    @Test
    void aSecondPortIsAnotherComponent() throws IOException {
        register(before);
        assertEquals(0, after.register("tcp", PORT + 1, relayPort));
        assertEquals(0, after.register("udp", PORT, relayPort));
        assertEquals(0, before.unregister("tcp", PORT, relayPort));
        assertTrue(ShownStatus.of(after).hasRelayPort(relayPort));
    }

    private void register(ControlPeer peer) throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort));
    }

    /** How many bytes come back of one. */
    private static int echoed(Socket client) throws IOException {
        client.getOutputStream().write('x');
        return client.getInputStream().readNBytes(1).length;
    }
}
