package dev.lander.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RawPeer;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.value.Value;

/** A registrar, which registers what is at another address than its own. */
class HostTest {
    private static final String HOST = "127.0.0.2";

    private final TestOptions options = new TestOptions();
    private int relayPort;

    @BeforeEach
    void prepare(@TempDir Path folder) throws IOException {
        relayPort = FreePorts.next();
        options.tokenFile = Files.writeString(folder.resolve("token"), "secret\n");
    }

    @Test
    void clientsReachTheComponentWhereItIs() throws IOException {
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer registrar = lander.control();
                TcpServer server = TcpServer.serving(address(HOST), connection -> connection
                        .getOutputStream()
                        .write(connection.getLocalAddress().getAddress()))) {
            assertEquals(0, register(registrar, server.port()));
            assertEquals(
                    HOST, ShownStatus.of(registrar).component(server.port()).host());
            try (Socket client = Clients.connect(relayPort)) {
                assertEquals(2, client.getInputStream().readAllBytes()[3]);
            }
            assertEquals(3, register(registrar, server.port()), "it has it already");
            assertEquals(4, registrar.unregister("tcp", server.port(), relayPort), "at its own address it has none");
            assertEquals(0, ask(registrar, "unregister", server.port()));
            assertFalse(ShownStatus.of(registrar).hasRelayPort(relayPort));
        }
    }

    @Test
    void reportsAndDrainsNameTheSameHost() throws IOException {
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer registrar = lander.control()) {
            assertEquals(0, registrar.register("tcp", 8, relayPort, "token", "secret"));
            assertEquals(0, register(registrar, 9));
            assertEquals(0, registrar.report("tcp", relayPort, "bad"));
            assertEquals("good", ShownStatus.stateOf(registrar, 9));
            assertEquals("bad", ShownStatus.stateOf(registrar, 8));
            assertEquals(
                    0,
                    registrar.ask(
                            "cmd", "healthcheck", "protocol", "tcp", "port", relayPort, "state", "bad", "host", HOST));
            assertEquals("bad", ShownStatus.stateOf(registrar, 9));
            assertEquals(0, ask(registrar, "drain", 9), "its own, so no token is asked for");
            Map<String, Value> push = registrar.push();
            assertEquals(HOST, ControlPeer.field(push, "host").asStringValue().asString());
            assertEquals(0, ControlPeer.field(push, "active").asIntegerValue().asInt());
            assertEquals("draining", ShownStatus.stateOf(registrar, 9));
        }
    }

    @Test
    void checksSayWhomTheyAreFor() throws IOException {
        options.healthInterval = Duration.ofMillis(100);
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer registrar = lander.control()) {
            assertEquals(0, register(registrar, 9));
            Map<String, Value> check = registrar.push();
            assertEquals(
                    "healthcheck",
                    ControlPeer.field(check, "cmd").asStringValue().asString());
            assertEquals(HOST, ControlPeer.field(check, "host").asStringValue().asString());
            assertEquals(0, ask(registrar, "unregister", 9));
            assertEquals(0, registrar.register("tcp", 9, relayPort, "token", "secret"));
            assertFalse(registrar.push().containsKey("host"));
        }
    }

    @Test
    void withoutTheRightTokenItIsRefused() throws IOException {
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer peer = lander.control()) {
            assertEquals(10, peer.register("tcp", 9, relayPort, "host", HOST));
            assertEquals(10, peer.register("tcp", 9, relayPort, "host", HOST, "token", "guess"));
        }
        options.tokenFile = null;
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer peer = lander.control()) {
            assertEquals(10, peer.register("tcp", 9, relayPort, "host", HOST));
            assertEquals(10, peer.register("tcp", 9, relayPort, "host", HOST, "token", "secret"));
            assertEquals(10, peer.register("tcp", 9, relayPort, "host", "127.0.0.1"));
        }
    }

    @Test
    void landersOwnSocketsAndWhatIsNoMachinesAddressAreRefused() throws IOException {
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer peer = lander.control()) {
            int own = lander.controlAddress().getPort();
            assertEquals(5, peer.register("tcp", own, relayPort, "token", "secret", "host", "127.0.0.1"));
            for (String wrong : new String[] {"0.0.0.0", "::", "224.0.0.1", "ff02::1", "localhost", ""}) {
                assertEquals(1, peer.register("tcp", 9, relayPort, "token", "secret", "host", wrong), wrong);
            }
        }
    }

    @Test
    void aServerOfThisMachineMayHaveTheRelayPortsNumberWhereLanderIsNotBound() throws IOException {
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer registrar = lander.control();
                TcpServer server = TcpServer.serving(address(HOST), connection -> connection
                        .getOutputStream()
                        .write(connection.getLocalAddress().getAddress()))) {
            relayPort = server.port();
            assertEquals(0, register(registrar, relayPort));
            try (Socket client = Clients.connect(relayPort)) {
                assertEquals(2, client.getInputStream().readAllBytes()[3]);
            }
            assertEquals(0, register(registrar, lander.controlAddress().getPort()), "of the control channel, too");
            Object[] here = {"token", "secret", "host", "127.0.0.1"};
            assertEquals(5, registrar.register("tcp", relayPort, relayPort, here), "Lander is bound there");
        }
    }

    @Test
    void theComponentItselfMayTakeItOver() throws IOException {
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer registrar = lander.control();
                RawPeer component = RawPeer.connectFrom(address(HOST), lander.controlAddress())) {
            assertEquals(0, register(registrar, 9));
            assertEquals(
                    0,
                    component.ask(
                            "cmd",
                            "register",
                            "protocol",
                            "tcp",
                            "port",
                            9,
                            "relay_port",
                            relayPort,
                            "token",
                            "secret"));
            assertEquals(4, ask(registrar, "unregister", 9));
            assertTrue(ShownStatus.of(registrar).hasRelayPort(relayPort));
            assertEquals(0, component.ask("cmd", "unregister", "protocol", "tcp", "port", 9, "relay_port", relayPort));
            assertFalse(ShownStatus.of(registrar).hasRelayPort(relayPort));
        }
    }

    private int register(ControlPeer registrar, int port) throws IOException {
        return registrar.register("tcp", port, relayPort, "token", "secret", "host", HOST);
    }

    private int ask(ControlPeer registrar, String cmd, int port) throws IOException {
        return registrar.ask("cmd", cmd, "protocol", "tcp", "port", port, "relay_port", relayPort, "host", HOST);
    }

    private static InetAddress address(String literal) {
        return AddressRange.parseAddress(literal);
    }
}
