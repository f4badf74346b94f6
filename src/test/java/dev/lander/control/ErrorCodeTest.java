package dev.lander.control;

import static dev.lander.control.ControlAssertions.assertDone;
import static dev.lander.control.ControlAssertions.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.control.wire.Msgpack;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TestOptions;
import dev.lander.text.PortRanges;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** What each code says, and which is told when two apply. Codes 7 and 13 have tests of their own. */
class ErrorCodeTest {
    /** A component's port where nobody listens. */
    private static final int PORT = 9;

    private static final int FORBIDDEN_PORT = 80;

    private RunningLander lander;
    private ControlPeer peer;

    /** Has the component {@link #PORT} of {@link #peer}. */
    private int relayPort;

    /** Held by the test. */
    private ServerSocket taken;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        TestOptions options = new TestOptions();
        options.tokenFile = Files.writeString(folder.resolve("token"), "secret\n");
        options.relayPorts = PortRanges.parse("10000-29999");
        lander = RunningLander.start(options);
        peer = lander.control();
        relayPort = FreePorts.next();
        taken = new ServerSocket(FreePorts.next(), 1, InetAddress.getLoopbackAddress());
        assertDone(reply(registration()));
    }

    @AfterEach
    void end() throws IOException {
        taken.close();
        peer.close();
        lander.close();
    }

    @ParameterizedTest
    @MethodSource
    void aFieldThatIsMissingOrWrongIsNamed(String command, String field, @Nullable Object value) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>(ControlPeer.message((Object[]) command.split(" ", -1)));
        fields.replaceAll((name, text) ->
                text instanceof String digits && digits.matches("[0-9]+") ? Integer.valueOf(digits) : text);
        fields.put("token", "secret");
        if (value == null) {
            fields.remove(field);
        } else {
            fields.put(field, value);
        }
        assertRefused(1, field + " must be ", reply(fields));
        assertDone(reply(registration("port", PORT + 1)));
    }

    static Stream<Arguments> aFieldThatIsMissingOrWrongIsNamed() {
        String register = "cmd register protocol tcp port 9 relay_port 20000";
        String udp = "cmd register protocol udp port 9 relay_port 20000";
        return Stream.of(
                Arguments.of("cmd register", "cmd", null),
                Arguments.of("cmd register", "cmd", 1),
                Arguments.of(register, "protocol", null),
                Arguments.of(register, "protocol", 6),
                Arguments.of(register, "port", null),
                Arguments.of(register, "port", "30000"),
                Arguments.of(register, "port", 0),
                Arguments.of(register, "port", 65_536),
                Arguments.of(register, "port", -1),
                Arguments.of(register, "port", ValueFactory.newFloat(30_000.5)),
                Arguments.of(register, "relay_port", null),
                Arguments.of(register, "relay_port", 0),
                Arguments.of(register, "relay_port", 65_536),
                Arguments.of(register, "name", ""),
                Arguments.of(register, "name", "x".repeat(256)),
                Arguments.of(register, "name", "a\nb"),
                Arguments.of(register, "weight", 0),
                Arguments.of(register, "weight", 257),
                Arguments.of(register, "balance", "fairest"),
                Arguments.of(register, "max_connections", 0),
                Arguments.of(register, "proxy_protocol", "v3"),
                Arguments.of(udp, "proxy_protocol", "v1"),
                Arguments.of(register, "affinity", "server"),
                Arguments.of(register, "responses", -1),
                Arguments.of(register, "responses", 256),
                Arguments.of(register, "token", 1),
                Arguments.of("cmd unregister protocol tcp relay_port 20000", "port", null),
                Arguments.of("cmd unregister protocol tcp port 9", "relay_port", null),
                Arguments.of("cmd healthcheck protocol tcp port 20000", "state", null),
                Arguments.of("cmd healthcheck protocol tcp port 20000", "state", true),
                Arguments.of("cmd healthcheck protocol tcp state good", "port", null),
                Arguments.of("cmd drain protocol tcp relay_port 20000", "port", null),
                Arguments.of("cmd drain protocol tcp port 9 relay_port 20000", "host", 1),
                Arguments.of("cmd status", "relay_port", 0),
                Arguments.of("cmd status", "relay_port", "http"));
    }

    @Test
    void anUnknownCommandIsError2() throws IOException {
        assertRefused(2, "cmd", reply(ControlPeer.message("cmd", "fly")));
    }

    @Test
    void whatThisConnectionHasIsError3() throws IOException {
        assertRefused(3, "already registered", reply(registration()));
        assertRefused(3, "already registered", reply(registration("name", "another", "weight", 7)));
        assertEquals(1, ShownStatus.of(peer).component(PORT).weight());
    }

    @Test
    void whatThisConnectionHasNotIsError4() throws IOException {
        try (ControlPeer other = lander.control()) {
            assertError4(other, "unregister", "protocol", "tcp", "port", PORT, "relay_port", relayPort);
            assertError4(other, "drain", "protocol", "tcp", "port", PORT, "relay_port", relayPort);
            assertError4(other, "healthcheck", "protocol", "tcp", "port", relayPort, "state", "good");
        }
        assertError4(peer, "unregister", "protocol", "udp", "port", PORT, "relay_port", relayPort);
        assertError4(peer, "unregister", "protocol", "tcp", "port", PORT + 1, "relay_port", relayPort);
        assertError4(peer, "unregister", "protocol", "tcp", "port", PORT, "relay_port", relayPort + 1);
        assertError4(peer, "drain", "protocol", "udp", "port", PORT, "relay_port", relayPort);
        assertError4(peer, "healthcheck", "protocol", "udp", "port", relayPort, "state", "good");
        assertError4(peer, "healthcheck", "protocol", "tcp", "port", PORT, "state", "good");
        assertEquals("good", ShownStatus.stateOf(peer, PORT));
    }

    @Test
    void aComponentThatIsTheControlChannelIsError5() throws IOException {
        int control = lander.controlAddress().getPort();
        assertRefused(5, "port " + control, reply(registration("port", control)));
        assertDone(reply(registration("protocol", "udp", "port", control)));
    }

    @Test
    void aComponentThatIsARelayPortIsError5() throws IOException {
        int other = FreePorts.next();
        assertRefused(5, "port " + relayPort, reply(registration("port", relayPort, "relay_port", other)));
        assertRefused(5, "port " + relayPort, reply(registration("port", relayPort)));
        assertRefused(5, "port " + other, reply(registration("port", other, "relay_port", other)));
        assertDone(reply(registration("protocol", "udp", "port", relayPort, "relay_port", other)));
        assertRefused(5, "port " + other, reply(registration("protocol", "udp", "port", other)));
    }

    @Test
    void aRelayPortThatIsAComponentIsError5WhileThatIsRegistered() throws IOException {
        int component = FreePorts.next();
        assertDone(reply(registration("port", component)));
        assertRefused(5, "relay_port " + component, reply(registration("relay_port", component)));
        assertDone(reply(registration("protocol", "udp", "relay_port", component)));
        assertEquals(0, peer.unregister("tcp", component, relayPort));
        assertDone(reply(registration("relay_port", component)));
    }

    @Test
    void aProtocolThatIsNeitherIsError6() throws IOException {
        for (String protocol : new String[] {"sctp", "TCP", ""}) {
            assertRefused(6, "protocol", reply(registration("protocol", protocol)));
            assertRefused(
                    6,
                    "protocol",
                    reply(ControlPeer.message(
                            "cmd", "unregister", "protocol", protocol, "port", PORT, "relay_port", relayPort)));
            assertRefused(
                    6,
                    "protocol",
                    reply(ControlPeer.message(
                            "cmd", "healthcheck", "protocol", protocol, "port", relayPort, "state", "good")));
            assertRefused(
                    6,
                    "protocol",
                    reply(ControlPeer.message(
                            "cmd", "drain", "protocol", protocol, "port", PORT, "relay_port", relayPort)));
        }
    }

    @Test
    void aRelayPortThatTheSystemRefusesIsError8() throws IOException {
        assertRefused(
                8,
                "tcp/" + taken.getLocalPort() + ": Address already in use",
                reply(registration("relay_port", taken.getLocalPort())));
    }

    @Test
    void aMissingOrWrongTokenIsError10() throws IOException {
        Map<String, Object> command = registration("port", PORT + 1);
        command.remove("token");
        assertRefused(10, "token", reply(command));
        assertRefused(10, "token", reply(registration("port", PORT + 1, "token", "Secret")));
        assertDone(reply(registration("port", PORT + 1)));
    }

    @Test
    void aRelayPortOutsideTheRangesIsError11() throws IOException {
        assertRefused(11, "relay_port must be in 10000-29999", reply(registration("relay_port", FORBIDDEN_PORT)));
    }

    @Test
    void anotherValueThanTheServicesIsError12() throws IOException {
        assertRefused(12, "balance is roundrobin", reply(registration("port", PORT + 1, "balance", "random")));
        assertDone(reply(registration("port", PORT + 1, "balance", "roundrobin")));
        int other = FreePorts.next();
        assertDone(reply(registration("protocol", "udp", "relay_port", other, "affinity", "client", "responses", 1)));
        assertRefused(
                12,
                "affinity is client",
                reply(registration("protocol", "udp", "port", PORT + 1, "relay_port", other, "affinity", "none")));
        assertRefused(
                12,
                "responses is 1",
                reply(registration("protocol", "udp", "port", PORT + 1, "relay_port", other, "responses", 0)));
        assertDone(reply(registration("protocol", "udp", "port", PORT + 1, "relay_port", other)));
        assertDone(reply(registration(
                "protocol", "udp", "port", PORT + 2, "relay_port", other, "affinity", "client", "responses", 1)));
    }

    @Test
    void aServiceThatWasEndedLeavesNoConflictBehind() throws IOException {
        assertEquals(0, peer.unregister("tcp", PORT, relayPort));
        assertDone(reply(registration("balance", "source")));
        assertEquals("source", ShownStatus.of(peer).services().get(0).balance());
    }

    @Test
    void anyResponsesIsNotTheSameAsANumber() throws IOException {
        int other = FreePorts.next();
        assertDone(reply(registration("protocol", "udp", "relay_port", other)));
        assertRefused(
                12,
                "responses is any",
                reply(registration("protocol", "udp", "port", PORT + 1, "relay_port", other, "responses", 0)));
    }

    /** Error 13's pairs are where the limits are tested. */
    @ParameterizedTest
    @CsvSource({
        "RANGE, PROTOCOL",
        "RANGE, TOKEN",
        "RANGE, OUTSIDE",
        "RANGE, HAS_IT",
        "RANGE, LOOP",
        "RANGE, OTHER_TERMS",
        "RANGE, TAKEN",
        "COMMAND, PROTOCOL",
        "COMMAND, TOKEN",
        "COMMAND, OUTSIDE",
        "COMMAND, HAS_IT",
        "PROTOCOL, TOKEN",
        "PROTOCOL, OUTSIDE",
        "PROTOCOL, LOOP",
        "TOKEN, OUTSIDE",
        "TOKEN, HAS_IT",
        "TOKEN, LOOP",
        "TOKEN, OTHER_TERMS",
        "TOKEN, TAKEN",
        "OUTSIDE, LOOP",
        "HAS_IT, OTHER_TERMS",
        "LOOP, OTHER_TERMS",
        "LOOP, TAKEN"
    })
    void ofTwoThatApplyTheFirstIsTold(Fault told, Fault other) throws IOException {
        Map<String, Object> command = registration();
        told.spoil(command, this);
        other.spoil(command, this);
        Map<String, Value> reply = reply(command);
        assertEquals(told.code, ControlPeer.error(reply), () -> "the reply was " + reply);
    }

    @ParameterizedTest
    @EnumSource
    void eachFaultAloneHasItsCode(Fault fault) throws IOException {
        Map<String, Object> command = registration("port", PORT + 1);
        if (fault == Fault.HAS_IT) {
            command.put("port", PORT);
        }
        fault.spoil(command, this);
        assertEquals(fault.code, ControlPeer.error(reply(command)));
    }

    @Test
    void aMessageThatIsNoProperMapIsError1EvenWithAnUnknownCommand() throws IOException {
        ByteBuffer message = Msgpack.map("cmd", "fly", new Msgpack.RawString("ff"), 2);
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        peer.sendBytes(bytes);
        assertRefused(1, "UTF-8", peer.reply());
    }

    /** What can be wrong with a register. */
    enum Fault {
        RANGE(1) {
            @Override
            void spoil(Map<String, Object> command, ErrorCodeTest test) {
                command.put("weight", 0);
            }
        },
        COMMAND(2) {
            @Override
            void spoil(Map<String, Object> command, ErrorCodeTest test) {
                command.put("cmd", "fly");
            }
        },
        PROTOCOL(6) {
            @Override
            void spoil(Map<String, Object> command, ErrorCodeTest test) {
                command.put("protocol", "sctp");
            }
        },
        TOKEN(10) {
            @Override
            void spoil(Map<String, Object> command, ErrorCodeTest test) {
                command.remove("token");
            }
        },
        OUTSIDE(11) {
            @Override
            void spoil(Map<String, Object> command, ErrorCodeTest test) {
                command.put("relay_port", FORBIDDEN_PORT);
            }
        },
        HAS_IT(3) {
            @Override
            void spoil(Map<String, Object> command, ErrorCodeTest test) {
                command.put("relay_port", test.relayPort);
            }
        },
        LOOP(5) {
            @Override
            void spoil(Map<String, Object> command, ErrorCodeTest test) throws IOException {
                command.put("port", test.lander.controlAddress().getPort());
            }
        },
        OTHER_TERMS(12) {
            @Override
            void spoil(Map<String, Object> command, ErrorCodeTest test) {
                command.put("balance", "leastconn");
            }
        },
        TAKEN(8) {
            @Override
            void spoil(Map<String, Object> command, ErrorCodeTest test) {
                command.put("relay_port", test.taken.getLocalPort());
            }
        };

        private final int code;

        Fault(int code) {
            this.code = code;
        }

        /** Makes a register that repeats {@link #registration} wrong in this way. */
        abstract void spoil(Map<String, Object> command, ErrorCodeTest test) throws IOException;
    }

    @Test
    void aTakenPortOutsideTheRangesIsError11() throws IOException {
        try (ServerSocket outside = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertEquals(11, ControlPeer.error(reply(registration("relay_port", outside.getLocalPort()))));
        }
    }

    @Test
    void aTakenPortThatIsAComponentIsError5() throws IOException {
        assertDone(reply(registration("port", taken.getLocalPort())));
        assertEquals(5, ControlPeer.error(reply(registration("relay_port", taken.getLocalPort()))));
    }

    /** What {@link #start} has registered, with other values for some fields. */
    private Map<String, Object> registration(Object... namesAndValues) {
        Map<String, Object> command = ControlPeer.message(
                "cmd", "register", "protocol", "tcp", "port", PORT, "relay_port", relayPort, "token", "secret");
        command.putAll(ControlPeer.message(namesAndValues));
        return command;
    }

    private Map<String, Value> reply(Map<String, Object> command) throws IOException {
        peer.sendBytes(ControlPeer.pack(command));
        return peer.reply();
    }

    private static void assertError4(ControlPeer asking, String cmd, Object... namesAndValues) throws IOException {
        Map<String, Object> command = ControlPeer.message(namesAndValues);
        command.put("cmd", cmd);
        asking.sendBytes(ControlPeer.pack(command));
        assertRefused(4, "by this connection", asking.reply());
    }
}
