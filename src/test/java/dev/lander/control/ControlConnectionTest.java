package dev.lander.control;

import static dev.lander.control.ControlAssertions.assertClosed;
import static dev.lander.control.ControlAssertions.assertDone;
import static dev.lander.control.ControlAssertions.assertNothingPushed;
import static dev.lander.control.ControlAssertions.assertRefused;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lander.control.wire.Msgpack;
import dev.lander.control.wire.PeerFraming;
import dev.lander.testing.AnyLander;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.MovedClock;
import dev.lander.testing.RawPeer;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;

class ControlConnectionTest {
    /** A component's port where nobody listens and nobody connects. */
    private static final int PORT = 9;

    private final MovedClock clock = new MovedClock();
    private RunningLander lander;

    @BeforeEach
    void start() throws IOException {
        lander = RunningLander.start(new TestOptions(), clock);
    }

    @AfterEach
    void end() {
        lander.close();
    }

    @ParameterizedTest
    @EnumSource
    void repliesComeInThePeersFraming(PeerFraming framing) throws IOException {
        int relayPort = FreePorts.next();
        try (ControlPeer peer = framing.connect(lander)) {
            assertEquals(0, peer.register("tcp", PORT, relayPort));
            assertEquals(PORT, ShownStatus.of(peer).component(PORT).port());
            assertEquals(3, peer.register("tcp", PORT, relayPort));
        }
    }

    @ParameterizedTest
    @EnumSource
    void pushesComeInThePeersFraming(PeerFraming framing) throws IOException {
        int relayPort = FreePorts.next();
        try (ControlPeer peer = framing.connect(lander)) {
            assertEquals(0, peer.register("tcp", PORT, relayPort));
            lander.advance(clock, Duration.ofSeconds(5));
            ControlAssertions.assertChecked(peer, "tcp", relayPort, "good");
        }
    }

    @ParameterizedTest
    @EnumSource
    void pipelinedCommandsAreAnsweredInOrder(PeerFraming framing) throws IOException {
        int relayPort = FreePorts.next();
        byte[] commands = concat(
                registration(framing, "register", relayPort),
                registration(framing, "register", relayPort),
                framing.frame("cmd", "healthcheck", "protocol", "tcp", "port", relayPort, "state", "good"),
                framing.frame("cmd", "status"),
                framing.frame("cmd", "fly"),
                registration(framing, "unregister", relayPort),
                registration(framing, "unregister", relayPort),
                registration(framing, "register", relayPort),
                framing.frame("cmd", "register", "protocol", "sctp", "port", 1, "relay_port", 1));
        try (ControlPeer peer = framing.connect(lander)) {
            peer.sendBytes(commands);
            assertEquals(List.of(0, 3, 0), errors(peer, 3));
            Map<String, Value> status = peer.reply();
            assertEquals(0, ControlPeer.error(status));
            assertNotNull(
                    ShownStatus.read(ControlPeer.field(status, "services")).component(PORT));
            assertEquals(List.of(2, 0, 4, 0, 6), errors(peer, 5));
        }
    }

    @Test
    void manyCommandsInOneWriteAreSpreadOverTurns() throws IOException {
        byte[] commands = new byte[10_000];
        Arrays.fill(commands, (byte) 0x80);
        AtomicInteger turns = new AtomicInteger();
        LongSupplier countingClock = () -> {
            turns.incrementAndGet();
            return 0;
        };
        try (AnyLander counting = AnyLander.start(new TestOptions(), countingClock);
                ControlPeer peer = counting.control()) {
            peer.sendBytes(commands);
            for (int i = 0; i < commands.length; i++) {
                assertEquals(1, ControlPeer.error(peer.reply()));
            }
            assertTrue(turns.get() >= 100, turns + " turns");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyCutIsUnderstood(PeerFraming framing) throws IOException {
        int relayPort = FreePorts.next();
        byte[] bytes = session(framing, relayPort);
        for (int cut = 1; cut < bytes.length; cut++) {
            try (ControlPeer peer = framing.connect(lander)) {
                peer.sendBytes(Arrays.copyOf(bytes, cut));
                awaitRead();
                peer.sendBytes(Arrays.copyOfRange(bytes, cut, bytes.length));
                assertEquals(List.of(0, 0, 0, 0), errors(peer, 4), "cut before byte " + cut);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneByteAtATimeIsUnderstood(PeerFraming framing) throws IOException {
        int relayPort = FreePorts.next();
        try (ControlPeer peer = framing.connect(lander)) {
            for (byte next : session(framing, relayPort)) {
                peer.sendBytes(new byte[] {next});
                awaitRead();
            }
            assertEquals(List.of(0, 0, 0, 0), errors(peer, 4));
        }
    }

    @ParameterizedTest
    @MethodSource
    void whoSpeaksNeitherFramingIsToldBareAndClosed(byte[] bytes) throws IOException {
        try (RawPeer peer = RawPeer.connect(lander.controlAddress())) {
            peer.send(bytes);
            assertRefused(1, "", onlyMessage(peer.readToEnd()));
        }
    }

    static Stream<Named<byte[]>> whoSpeaksNeitherFramingIsToldBareAndClosed() {
        return Stream.of(
                Named.of("HTTP", "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII)),
                Named.of("a line", "status\n".getBytes(US_ASCII)),
                Named.of("TLS", hex("16 03 01 00 f4 01 00 00 f0 03 03")),
                Named.of("never msgpack", hex("c1 c1 c1")),
                Named.of("a bare string", hex("a5 68 65 6c 6c 6f")),
                Named.of("a bare array", hex("93 01 02 03")),
                Named.of("a bare map with a byte that is never msgpack", hex("81 a3 63 6d 64 c1")),
                Named.of("a length of 65,536", hex("00 00 01 00 81")));
    }

    @ParameterizedTest
    @MethodSource
    void whoseFirstMessageIsNoMapIsToldBareAndClosed(byte[] bytes) throws IOException {
        try (RawPeer peer = RawPeer.connect(lander.controlAddress())) {
            peer.send(bytes);
            assertRefused(1, "must be a msgpack map", onlyMessage(peer.readToEnd()));
        }
    }

    static Stream<Named<byte[]>> whoseFirstMessageIsNoMapIsToldBareAndClosed() {
        return Stream.of(
                Named.of("nothing", hex("00 00 00 00 05")),
                Named.of("an array", hex("01 00 00 00 90")),
                Named.of("a string", hex("07 00 00 00 a6 73 74 61 74 75 73")),
                Named.of("never msgpack", hex("01 00 00 00 c1")));
    }

    @Test
    void whoIsToldToGoCanReadItHoweverMuchItHasSent() throws IOException {
        try (RawPeer peer = RawPeer.connect(lander.controlAddress())) {
            for (int i = 0; i < 100; i++) {
                peer.send("GET / HTTP/1.1\r\n".repeat(1_000).getBytes(US_ASCII));
            }
            assertRefused(1, "", onlyMessage(peer.readToEnd()));
        }
    }

    @Test
    void whoIsToldToGoAndStaysIsClosedASecondLater() throws IOException {
        try (RawPeer peer = RawPeer.connect(lander.controlAddress())) {
            peer.send("GET / HTTP/1.1\r\n".getBytes(US_ASCII));
            onlyMessage(peer.readToEnd());
            lander.advance(clock, Duration.ofMillis(900));
            peer.send(new byte[1]);
            awaitRead();
            peer.send(new byte[1]);
            lander.advance(clock, Duration.ofMillis(200));
            Await.until("a write says that the connection is gone", () -> {
                try {
                    peer.send(new byte[1]);
                    return false;
                } catch (SocketException gone) {
                    return true;
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void framingThatBreaksLaterIsToldInThePeersFramingAndEndsTheConnection(PeerFraming framing) throws IOException {
        int relayPort = FreePorts.next();
        byte[] broken = framing == PeerFraming.BARE ? hex("81 a3 63 6d 64 c1") : hex("00 00 01 00");
        try (ControlPeer peer = framing.connect(lander);
                ControlPeer observer = lander.control()) {
            peer.sendBytes(concat(registration(framing, "register", relayPort), broken));
            assertDone(peer.read());
            assertRefused(1, framing == PeerFraming.BARE ? "c1" : "65535", peer.read());
            assertClosed(peer);
            assertFalse(ShownStatus.of(observer).hasRelayPort(relayPort));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLongestMessageHas65535Bytes(PeerFraming framing) throws IOException {
        byte[] longest = messageOf(65_535);
        byte[] tooLong = messageOf(65_536);
        try (ControlPeer peer = framing.connect(lander)) {
            peer.sendBytes(framing.frame(longest));
            assertEquals(0, ControlPeer.error(peer.reply()));
            peer.sendBytes(framing.frame(longest));
            assertEquals(0, ControlPeer.error(peer.reply()));
            peer.sendBytes(framing.frame(tooLong));
            assertRefused(1, "65535", peer.reply());
            assertClosed(peer);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWholeMessageThatMakesNoSenseIsRefusedAndTheConnectionLivesOn(PeerFraming framing) throws IOException {
        int relayPort = FreePorts.next();
        List<byte[]> nonsense = new ArrayList<>(List.of(
                hex("80"), // no cmd
                hex("81 a3 63 6d 64 05"), // cmd is a number
                hex("81 a3 63 6d 64 a2 c3 28"), // cmd is not UTF-8
                hex("81 a3 63 6d 64 c0"), // cmd is nil
                hex("82 a3 63 6d 64 a6 73 74 61 74 75 73 a2 c3 28 02"), // a name that is not UTF-8
                hex("c0"), // and no maps
                hex("05"),
                hex("a6 73 74 61 74 75 73"),
                hex("91 80")));
        if (framing == PeerFraming.LENGTH_PREFIXED) {
            nonsense.addAll(List.of(
                    hex(""), // no value
                    hex("81"), // half a map
                    hex("81 a3 63 6d 64 df ff ff ff ff"), // a map within the map that is longer than it says
                    hex("c1"), // never msgpack
                    hex("81 a3 63 6d 64 c1"),
                    hex("81 a3 63 6d 64 a6 73 74 61 74 75 73 80"))); // a second map
        }
        try (ControlPeer peer = framing.connect(lander)) {
            assertEquals(0, peer.register("tcp", PORT, relayPort));
            for (byte[] message : nonsense) {
                peer.sendBytes(framing.frame(message));
                assertRefused(1, "", peer.reply());
            }
            assertEquals(0, peer.unregister("tcp", PORT, relayPort));
        }
    }

    @Test
    void aFirstMessageThatIsANonsensicalMapIsNoReasonToClose() throws IOException {
        try (ControlPeer peer = lander.control()) {
            peer.sendBytes(hex("81 a1 78 01"));
            assertRefused(1, "cmd", peer.reply());
            assertNothingPushed(peer);
        }
    }

    @Test
    void brokenPeersDisturbNobodyElse() throws IOException {
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.echo();
                ControlPeer peer = lander.control()) {
            assertEquals(0, peer.register("tcp", server.port(), relayPort));
            try (Socket client = Clients.connect(relayPort)) {
                for (int i = 0; i < 20; i++) {
                    try (RawPeer broken = RawPeer.connect(lander.controlAddress());
                            RawPeer nonsensical = RawPeer.connect(lander.controlAddress())) {
                        broken.send(hex("df ff ff ff ff 00"));
                        nonsensical.send(hex("81 a3 63 6d 64 a2 c3 28"));
                        client.getOutputStream().write(i);
                        assertEquals(i, client.getInputStream().read());
                        assertNothingPushed(peer);
                    }
                }
            }
        }
    }

    @Test
    void whoHasSentNoWholeMessageAfterTenSecondsIsClosed() throws IOException {
        byte[] status = PeerFraming.BARE.frame("cmd", "status");
        try (RawPeer mute = RawPeer.connect(lander.controlAddress());
                RawPeer dribbling = RawPeer.connect(lander.controlAddress());
                RawPeer late = RawPeer.connect(lander.controlAddress())) {
            for (int i = 0; i < 9; i++) {
                awaitRead();
                dribbling.send(new byte[] {status[i]});
                lander.advance(clock, Duration.ofSeconds(1));
            }
            lander.advance(clock, Duration.ofMillis(900));
            assertEquals(0, late.ask("cmd", "status"));
            awaitRead();
            lander.advance(clock, Duration.ofMillis(100));
            assertRefused(1, "10 s: nothing came", onlyMessage(mute.readToEnd()));
            assertRefused(1, "10 s: 9 bytes came, and the map is not complete", onlyMessage(dribbling.readToEnd()));
            assertEquals(0, late.ask("cmd", "status"));
        }
    }

    @Test
    void whoHasSentAMessageMayBeSilentForLong() throws IOException {
        try (ControlPeer peer = lander.control()) {
            assertEquals(2, peer.ask("cmd", "fly"));
            lander.advance(clock, Duration.ofMinutes(10));
            assertNothingPushed(peer);
        }
    }

    @Test
    void unknownFieldsAreIgnored() throws IOException {
        int relayPort = FreePorts.next();
        ByteBuffer message = Msgpack.map(
                "cmd",
                "register",
                "colour",
                "blue",
                "protocol",
                "tcp",
                "address",
                "192.0.2.1",
                "list",
                List.of(1, List.of(), "x"),
                "port",
                PORT,
                "map",
                Map.of("port", 7),
                "nil",
                null,
                "binary",
                new byte[100],
                "not UTF-8",
                new Msgpack.RawString("c3 28"),
                "relay_port",
                relayPort);
        try (ControlPeer peer = lander.control()) {
            peer.sendBytes(bytes(message));
            assertDone(peer.reply());
            ShownStatus.Component component = ShownStatus.of(peer).component(PORT);
            assertEquals("127.0.0.1", component.host());
        }
    }

    /** How a connection ends. */
    enum Ending {
        CLOSE {
            @Override
            void end(RawPeer peer) throws IOException {
                peer.close();
            }
        },
        HALF_CLOSE {
            @Override
            void end(RawPeer peer) throws IOException {
                peer.endOutput();
                assertEquals(0, peer.readToEnd().length);
            }
        },
        RESET {
            @Override
            void end(RawPeer peer) throws IOException {
                peer.reset();
            }
        },
        BROKEN_FRAMING {
            @Override
            void end(RawPeer peer) throws IOException {
                peer.send(hex("c1"));
            }
        };

        abstract void end(RawPeer peer) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void registrationsEndWithTheConnection(Ending ending) throws IOException {
        int own = FreePorts.next();
        int shared = FreePorts.next();
        try (RawPeer peer = RawPeer.connect(lander.controlAddress());
                ControlPeer other = lander.control()) {
            for (String protocol : List.of("tcp", "udp")) {
                assertEquals(0, peer.ask("cmd", "register", "protocol", protocol, "port", PORT, "relay_port", own));
                assertEquals(0, peer.ask("cmd", "register", "protocol", protocol, "port", PORT, "relay_port", shared));
                assertEquals(0, other.register(protocol, PORT + 1, shared));
            }
            ending.end(peer);
            Await.until("its registrations have ended", () -> {
                ShownStatus status = ShownStatus.of(other);
                return !status.hasRelayPort(own)
                        && status.services().stream()
                                .allMatch(service -> service.components().size() == 1);
            });
            assertEquals(2, ShownStatus.of(other).services().size());
            Await.until("its relay ports are free", () -> isFree(own));
        }
    }

    @Test
    void commandsBeforeAHalfCloseAreAnswered() throws IOException {
        int relayPort = FreePorts.next();
        byte[] commands = concat(
                registration(PeerFraming.BARE, "register", relayPort),
                PeerFraming.BARE.frame("cmd", "status", "relay_port", relayPort),
                registration(PeerFraming.BARE, "unregister", relayPort),
                PeerFraming.BARE.frame("cmd", "fly"));
        for (int i = 0; i < 20; i++) {
            try (RawPeer peer = RawPeer.connect(lander.controlAddress())) {
                peer.send(commands);
                peer.endOutput();
                List<Map<String, Value>> replies = messages(peer.readToEnd());
                assertEquals(
                        List.of(0, 0, 0, 2),
                        replies.stream().map(ControlPeer::error).toList());
            }
        }
    }

    @Test
    void aHalfCloseEndsRegistrationsThoughRepliesAreUnread() throws IOException {
        int relayPort = FreePorts.next();
        try (RawPeer peer = RawPeer.connectWithSmallBuffer(lander.controlAddress());
                ControlPeer observer = lander.control()) {
            assertEquals(0, peer.ask("cmd", "register", "protocol", "tcp", "port", PORT, "relay_port", relayPort));
            byte[] commands = PeerFraming.BARE.frame("cmd", "fly");
            for (int i = 0; i < 1_000; i++) {
                peer.send(commands);
            }
            peer.endOutput();
            Await.until("its registration has ended", () -> !ShownStatus.of(observer)
                    .hasRelayPort(relayPort));
        }
    }

    @Test
    void keepAliveIsDueAMinuteAfterTheLastByte() throws IOException {
        Path table = Path.of("/proc/net/tcp");
        assumeTrue(Files.isReadable(table), "only Linux shows its sockets' timers");
        try (ControlPeer peer = lander.control()) {
            assertNothingPushed(peer);
            String ends = ":%04X .*:%04X 01 "
                    .formatted(peer.socket().getPort(), peer.socket().getLocalPort());
            Pattern timer = Pattern.compile(ends + "[0-9A-F]+:[0-9A-F]+ (?<kind>[0-9]+):(?<due>[0-9A-F]+)");
            Await.until("a keep-alive is due within the minute", () -> {
                Matcher found = timer.matcher(Files.readString(table));
                assertTrue(found.find(), "the connection is not in the table");
                int dueS = Integer.parseInt(found.group("due"), 16) / 100;
                return found.group("kind").equals("02") && dueS > 40 && dueS <= 60;
            });
        }
    }

    /** Register, report, status of nothing, unregister. */
    private static byte[] session(PeerFraming framing, int relayPort) throws IOException {
        return concat(
                registration(framing, "register", relayPort),
                framing.frame("cmd", "healthcheck", "protocol", "tcp", "port", relayPort, "state", "good"),
                framing.frame("cmd", "status", "relay_port", 1),
                registration(framing, "unregister", relayPort));
    }

    private static byte[] registration(PeerFraming framing, String cmd, int relayPort) throws IOException {
        return framing.frame("cmd", cmd, "protocol", "tcp", "port", PORT, "relay_port", relayPort);
    }

    /** A status command of this many bytes. */
    private static byte[] messageOf(int bytes) throws IOException {
        int some = 60_000;
        int more = bytes - padded(some).length;
        return padded(some + more);
    }

    private static byte[] padded(int padding) throws IOException {
        return ControlPeer.pack(ControlPeer.message("cmd", "status", "relay_port", 1, "pad", "x".repeat(padding)));
    }

    private static List<Integer> errors(ControlPeer peer, int count) throws IOException {
        List<Integer> errors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            errors.add(ControlPeer.error(peer.reply()));
        }
        return errors;
    }

    /** Returns when the loop has read what was sent: a turn that began after now is over. */
    private void awaitRead() {
        for (int i = 0; i < 2; i++) {
            lander.advance(clock, Duration.ofNanos(1));
        }
    }

    private static boolean isFree(int port) {
        try (Socket client = Clients.connect(port)) {
            return client.isClosed();
        } catch (IOException refused) {
            return true;
        }
    }

    private static Map<String, Value> onlyMessage(byte[] bytes) throws IOException {
        List<Map<String, Value>> messages = messages(bytes);
        assertEquals(1, messages.size());
        return messages.get(0);
    }

    private static List<Map<String, Value>> messages(byte[] bytes) throws IOException {
        List<Map<String, Value>> messages = new ArrayList<>();
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(bytes)) {
            while (unpacker.hasNext()) {
                Map<String, Value> fields = new LinkedHashMap<>();
                unpacker.unpackValue()
                        .asMapValue()
                        .map()
                        .forEach(
                                (name, value) -> fields.put(name.asStringValue().asString(), value));
                messages.add(fields);
            }
        }
        return messages;
    }

    private static byte[] hex(String digits) {
        return bytes(Msgpack.hex(digits));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static byte[] concat(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return all.toByteArray();
    }
}
