package dev.lander.control;

import static dev.lander.control.ControlAssertions.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgpack.value.Value;

/** An operator's drain holds until an operator ends it. */
class OperatorDrainTest {
    private RunningLander lander;
    private ControlPeer operator;
    private TcpServer server;
    private int relayPort;

    @BeforeEach
    void start() throws IOException {
        lander = RunningLander.start();
        operator = lander.control();
        server = TcpServer.tellingItsPort();
        relayPort = FreePorts.next();
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        operator.close();
        lander.close();
    }

    @Test
    void itOutlivesTheConnection() throws IOException {
        ControlPeer first = lander.control();
        assertEquals(0, first.register("tcp", server.port(), relayPort));
        assertEquals(0, ask("drain", "tcp", server.port()));
        first.close();
        Await.until("it has left", () -> !ShownStatus.of(operator).hasRelayPort(relayPort));
        try (ControlPeer again = lander.control()) {
            Map<String, Value> reply = register(again);
            assertEquals(0, ControlPeer.error(reply));
            assertTrue(message(reply).contains("drained by an operator"), message(reply));
            assertEquals("draining", ShownStatus.stateOf(operator, server.port()));
            assertEquals("", answer());
            assertEquals(0, ask("undrain", "tcp", server.port()));
            assertEquals("good", ShownStatus.stateOf(operator, server.port()));
            assertEquals(Integer.toString(server.port()), answer());
        }
        try (ControlPeer afterwards = lander.control()) {
            Await.until("it has left", () -> !ShownStatus.of(operator).hasRelayPort(relayPort));
            assertFalse(register(afterwards).containsKey("message"));
        }
    }

    @Test
    void aTakeoverDoesNotEndIt() throws IOException {
        try (ControlPeer first = lander.control();
                ControlPeer second = lander.control()) {
            assertEquals(0, first.register("tcp", server.port(), relayPort));
            assertEquals(0, ask("drain", "tcp", server.port()));
            assertTrue(message(register(second)).contains("drained by an operator"));
            assertEquals("draining", ShownStatus.stateOf(operator, server.port()));
            assertEquals("0", ControlPeer.field(second.push(), "active").toString());
        }
    }

    @Test
    void aTakeoverEndsTheOwnersDrainOnly() throws IOException {
        try (ControlPeer first = lander.control();
                ControlPeer second = lander.control()) {
            assertEquals(0, first.register("tcp", server.port(), relayPort));
            assertEquals(
                    0, first.ask("cmd", "drain", "protocol", "tcp", "port", server.port(), "relay_port", relayPort));
            assertEquals(0, ask("undrain", "tcp", server.port()), "it is not drained by an operator");
            assertEquals("draining", ShownStatus.stateOf(operator, server.port()));
            assertFalse(register(second).containsKey("message"));
            assertEquals("good", ShownStatus.stateOf(operator, server.port()));
        }
    }

    @Test
    void whatIsNotDrainedOrNotRegisteredIsToldApart() throws IOException {
        try (ControlPeer owner = lander.control()) {
            assertEquals(0, owner.register("tcp", server.port(), relayPort));
            assertEquals(0, ask("undrain", "tcp", server.port()));
            operator.send(fields("undrain", "udp", server.port()));
            assertRefused(4, "is not registered on udp/" + relayPort, operator.reply());
            assertEquals(0, ask("drain", "tcp", server.port()));
        }
        Await.until("it has left", () -> !ShownStatus.of(operator).hasRelayPort(relayPort));
        assertEquals(0, ask("undrain", "tcp", server.port()), "its drain was still there");
        assertEquals(4, ask("undrain", "tcp", server.port()));
        assertEquals(
                1, operator.ask("cmd", "undrain", "protocol", "tcp", "port", server.port(), "relay_port", relayPort));
    }

    @Test
    void theStatusShowsWhoHasDrainedIt() throws IOException {
        try (ControlPeer owner = lander.control()) {
            assertEquals(0, owner.register("tcp", server.port(), relayPort));
            assertEquals(0, ask("drain", "tcp", server.port()));
            assertTrue(operator.status().toString().contains("\"drained_by\":\"operator\""));
            assertEquals(0, ask("undrain", "tcp", server.port()));
            assertFalse(operator.status().toString().contains("drained_by"));
        }
    }

    private int ask(String cmd, String protocol, int port) throws IOException {
        return operator.ask(fields(cmd, protocol, port));
    }

    private Object[] fields(String cmd, String protocol, int port) {
        return new Object[] {
            "cmd", cmd, "protocol", protocol, "port", port, "relay_port", relayPort, "host", "127.0.0.1"
        };
    }

    private Map<String, Value> register(ControlPeer peer) throws IOException {
        peer.send("cmd", "register", "protocol", "tcp", "port", server.port(), "relay_port", relayPort);
        return peer.reply();
    }

    private static String message(Map<String, Value> reply) {
        return ControlPeer.field(reply, "message").asStringValue().asString();
    }

    private String answer() throws IOException {
        try (Socket client = Clients.connect(relayPort)) {
            return new String(client.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
        }
    }
}
