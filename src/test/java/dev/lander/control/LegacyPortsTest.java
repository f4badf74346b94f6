package dev.lander.control;

import static dev.lander.control.ControlAssertions.assertChecked;
import static dev.lander.control.ControlAssertions.assertPushed;
import static dev.lander.control.ControlAssertions.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.MovedClock;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With {@code --legacy-ports}: the original's clients register {@code port} and {@code relay_port} in each other's
 * place.
 */
class LegacyPortsTest {
    private final MovedClock clock = new MovedClock();
    private RunningLander lander;
    private TcpServer server;
    private ControlPeer original;
    private ControlPeer bare;
    private int relayPort;

    @BeforeEach
    void start() throws IOException {
        TestOptions options = new TestOptions();
        options.legacyPorts = true;
        lander = RunningLander.start(options, clock);
        server = TcpServer.tellingItsPort();
        original = ControlPeer.connectLengthPrefixed(lander.controlAddress());
        bare = lander.control();
        ControlAssertions.assertNothingPushed(bare);
        relayPort = FreePorts.next();
    }

    @AfterEach
    void end() throws IOException {
        original.close();
        bare.close();
        server.close();
        lander.close();
    }

    @Test
    void aLengthPrefixedRegisterIsReadTheOtherWayRound() throws IOException {
        registerSwapped();
        assertEquals(server.port(), Clients.servedBy(relayPort));
        ShownStatus.Service service = ShownStatus.of(bare).services().get(0);
        assertEquals(relayPort, service.relayPort());
        assertEquals(server.port(), service.components().get(0).port());
    }

    @Test
    void aBareRegisterIsReadAsItIs() throws IOException {
        assertEquals(0, bare.register("tcp", server.port(), relayPort));
        assertEquals(server.port(), Clients.servedBy(relayPort));
    }

    @Test
    void withoutTheOptionALengthPrefixedRegisterIsReadAsItIs() throws IOException {
        try (RunningLander plain = RunningLander.start();
                ControlPeer peer = ControlPeer.connectLengthPrefixed(plain.controlAddress())) {
            assertEquals(0, peer.register("tcp", server.port(), relayPort));
            assertEquals(server.port(), Clients.servedBy(relayPort));
            assertEquals(4, peer.unregister("tcp", relayPort, server.port()));
            assertEquals(0, peer.unregister("tcp", server.port(), relayPort));
        }
    }

    @Test
    void aFieldOutOfRangeIsNamedAsThePeerCallsIt() throws IOException {
        original.send("cmd", "register", "protocol", "tcp", "port", 0, "relay_port", server.port());
        assertRefused(1, "port must be", original.reply());
        original.send("cmd", "register", "protocol", "tcp", "port", relayPort, "relay_port", 0);
        assertRefused(1, "relay_port must be", original.reply());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUnregisterMatchesInEitherOrder(boolean asRegistered) throws IOException {
        registerSwapped();
        assertEquals(0, askInOrder("unregister", asRegistered));
        assertFalse(ShownStatus.of(bare).hasRelayPort(relayPort));
        assertEquals(4, askInOrder("unregister", asRegistered));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDrainMatchesInEitherOrder(boolean asRegistered) throws IOException {
        registerSwapped();
        assertEquals(0, askInOrder("drain", asRegistered));
        assertPushed(
                original,
                "cmd",
                "drain",
                "protocol",
                "tcp",
                "port",
                server.port(),
                "relay_port",
                relayPort,
                "active",
                0);
        assertEquals("draining", ShownStatus.stateOf(bare, server.port()));
    }

    @Test
    void aBareUnregisterMatchesInOneOrderOnly() throws IOException {
        assertEquals(0, bare.register("tcp", server.port(), relayPort));
        assertEquals(4, bare.unregister("tcp", relayPort, server.port()));
        assertEquals(4, bare.ask("cmd", "drain", "protocol", "tcp", "port", relayPort, "relay_port", server.port()));
        assertEquals(0, bare.unregister("tcp", server.port(), relayPort));
    }

    @Test
    void checksAndReportsNameTheRelayPortAsPort() throws IOException {
        registerSwapped();
        lander.advance(clock, Duration.ofSeconds(5));
        assertChecked(original, "tcp", relayPort, "good");
        assertEquals(4, original.report("tcp", server.port(), "bad"));
        assertEquals(0, original.report("tcp", relayPort, "bad"));
        assertEquals("bad", ShownStatus.stateOf(bare, server.port()));
    }

    @Test
    void theSameComponentIsTakenOverWhicheverFramingItSpeaks() throws IOException {
        registerSwapped();
        assertEquals(0, bare.register("tcp", server.port(), relayPort));
        assertEquals(4, askInOrder("unregister", true));
        assertEquals(0, bare.unregister("tcp", server.port(), relayPort));
    }

    @Test
    void aRepeatedRegisterIsError3() throws IOException {
        registerSwapped();
        assertEquals(3, original.register("tcp", relayPort, server.port()));
    }

    private void registerSwapped() throws IOException {
        assertEquals(0, original.register("tcp", relayPort, server.port()));
    }

    private int askInOrder(String cmd, boolean asRegistered) throws IOException {
        int port = asRegistered ? relayPort : server.port();
        int other = asRegistered ? server.port() : relayPort;
        return original.ask("cmd", cmd, "protocol", "tcp", "port", port, "relay_port", other);
    }
}
