package dev.lander.control;

import static dev.lander.control.ControlAssertions.assertChecked;
import static dev.lander.control.ControlAssertions.assertClosed;
import static dev.lander.control.ControlAssertions.assertPushed;
import static dev.lander.control.ControlAssertions.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.MovedClock;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.text.PortRanges;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control channel while Lander ends. */
class ControlServerEndTest {
    /** A component's port where nobody listens. */
    private static final int PORT = 9;

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final MovedClock clock = new MovedClock();
    private RunningLander lander;
    private TcpServer server;
    private ControlPeer peer;
    private int relayPort;

    /** Its relay keeps Lander from ending at once. */
    private Socket client;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        TestOptions options = new TestOptions();
        options.drainTimeout = DRAIN_TIMEOUT;
        options.healthInterval = INTERVAL;
        options.tokenFile = Files.writeString(folder.resolve("token"), "secret");
        options.relayPorts = PortRanges.parse("10000-29999");
        lander = RunningLander.start(options, clock);
        server = TcpServer.echo();
        peer = lander.control();
        relayPort = FreePorts.next();
        assertEquals(0, peer.register("tcp", server.port(), relayPort, "token", "secret"));
        client = Clients.connect(relayPort);
        assertEcho();
    }

    @AfterEach
    void end() throws IOException {
        client.close();
        peer.close();
        server.close();
        lander.close();
    }

    @Test
    void aRegisterIsError7() throws IOException {
        beginEnd();
        peer.send(
                "cmd", "register", "protocol", "tcp", "port", PORT, "relay_port", FreePorts.next(), "token", "secret");
        assertRefused(7, "ending", peer.reply());
        assertEquals(7, peer.register("udp", PORT, relayPort, "token", "secret"));
    }

    @Test
    void whatIsWrongWithARegisterAnywayIsToldFirst() throws IOException {
        beginEnd();
        assertEquals(1, peer.register("tcp", 0, relayPort, "token", "secret"));
        assertEquals(6, peer.register("sctp", PORT, relayPort, "token", "secret"));
        assertEquals(10, peer.register("tcp", PORT, relayPort));
        assertEquals(11, peer.register("tcp", PORT, 80, "token", "secret"));
    }

    @Test
    void otherCommandsAreServed() throws IOException {
        beginEnd();
        assertEquals(1, ShownStatus.of(peer).component(server.port()).active());
        assertEquals(0, peer.report("tcp", relayPort, "bad"));
        assertEquals("bad", ShownStatus.stateOf(peer, server.port()));
        assertEquals(0, peer.ask("cmd", "drain", "protocol", "tcp", "port", server.port(), "relay_port", relayPort));
        assertPushed(
                peer, "cmd", "drain", "protocol", "tcp", "port", server.port(), "relay_port", relayPort, "active", 1);
        assertEquals(0, peer.unregister("tcp", server.port(), relayPort));
        assertFalse(ShownStatus.of(peer).hasRelayPort(relayPort));
        assertEquals(2, peer.ask("cmd", "fly"));
        assertEcho();
    }

    @Test
    void checksGoOn() throws IOException {
        beginEnd();
        lander.advance(clock, INTERVAL);
        assertChecked(peer, "tcp", relayPort, "good");
    }

    @Test
    void nobodyElseMayConnect() throws IOException {
        InetSocketAddress address = lander.controlAddress();
        beginEnd();
        assertThrows(ConnectException.class, () -> ControlPeer.connect(address).close());
        assertEcho();
    }

    @Test
    void whoWaitedInTheAcceptQueueIsServed() throws IOException {
        // Connected, if not yet accepted, before the end begins.
        try (ControlPeer waiting = lander.control()) {
            beginEnd();
            assertEquals(0, waiting.ask("cmd", "status"));
        }
    }

    @Test
    void controlConnectionsCloseWhenTheLastRelayHasEnded() throws IOException {
        beginEnd();
        lander.advance(clock, Duration.ofSeconds(2));
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        client.close();
        moveOnUntilEnded();
        assertClosed(peer);
    }

    @Test
    void controlConnectionsCloseBehindTheRelaysThatAreCut() throws IOException {
        beginEnd();
        lander.advance(clock, DRAIN_TIMEOUT.minusMillis(1));
        assertEcho();
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        moveOnUntilEnded();
        peer.awaitClosed();
    }

    @Test
    void withoutRelaysTheyCloseAtOnce() throws IOException {
        client.close();
        Await.until(
                "the relay has ended",
                () -> ShownStatus.of(peer).component(server.port()).active() == 0);
        assertTrue(lander.lander().end());
        assertClosed(peer);
        Await.until("lander has ended", lander::hasEnded);
    }

    private void beginEnd() {
        assertTrue(lander.lander().end());
        for (int i = 0; i < 2; i++) { // what was closed in one turn is gone in the next
            assertTrue(lander.lander().turnsWithin(LIMIT));
        }
    }

    private void moveOnUntilEnded() {
        Await.until("lander has ended", () -> {
            clock.advance(Duration.ofMillis(100));
            lander.lander().turnsWithin(Duration.ofMillis(10));
            return lander.hasEnded();
        });
    }

    private void assertEcho() throws IOException {
        client.getOutputStream().write('x');
        assertEquals('x', client.getInputStream().read());
    }
}
