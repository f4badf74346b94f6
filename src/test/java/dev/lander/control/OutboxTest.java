package dev.lander.control;

import static dev.lander.control.ControlAssertions.assertNothingPushed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.control.wire.PeerFraming;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.MovedClock;
import dev.lander.testing.RawPeer;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TestOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgpack.value.Value;

/** Peers that do not read, or read slowly. */
class OutboxTest {
    private static final int MEBIBYTE = 1024 * 1024;

    /** A component's port where nobody listens. */
    private static final int PORT = 9;

    /** The status of this many components, with the longest names, has more than a mebibyte. */
    private static final int MANY = 2_000;

    private static final String LONG_NAME = "\ud83d\udef0".repeat(255);

    /** Time that passes by itself, as a rest between two statuses does, and can be moved besides. */
    private final MovedClock ahead = new MovedClock();

    private RunningLander lander;
    private ControlPeer observer;
    private int relayPort;

    @BeforeEach
    void start() throws IOException {
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofHours(1);
        lander = RunningLander.start(options, () -> System.nanoTime() + ahead.getAsLong());
        observer = lander.control();
        assertNothingPushed(observer);
        relayPort = FreePorts.next();
    }

    @AfterEach
    void end() throws IOException {
        observer.close();
        lander.close();
    }

    @Test
    void whoLeavesMoreThanAMebibyteUnreadIsClosed() throws IOException {
        byte[] nonsense = repeated(10_000, PeerFraming.BARE.frame("cmd", "fly"));
        try (RawPeer deaf = RawPeer.connectWithSmallBuffer(lander.controlAddress())) {
            assertEquals(0, deaf.ask("cmd", "register", "protocol", "tcp", "port", PORT, "relay_port", relayPort));
            Await.until("lander has closed", () -> {
                try {
                    deaf.send(nonsense);
                    return false;
                } catch (SocketException closed) {
                    return true;
                }
            });
            Await.until("its registration has ended", () -> !ShownStatus.of(observer)
                    .hasRelayPort(relayPort));
        }
    }

    @Test
    void whoLeavesLessUnreadGetsItAll() throws IOException {
        byte[] nonsense = PeerFraming.BARE.frame("cmd", "fly");
        try (RawPeer lazy = RawPeer.connectWithSmallBuffer(lander.controlAddress())) {
            lazy.send(nonsense);
            int replyBytes = size(lazy.read());
            int count = (MEBIBYTE - 1_000) / replyBytes;
            lazy.send(repeated(count, nonsense));
            lander.advance(ahead, Duration.ofMinutes(1));
            for (int i = 0; i < count; i++) {
                assertEquals(2, ControlPeer.error(lazy.read()));
            }
            assertEquals(0, lazy.ask("cmd", "status"));
        }
    }

    @Test
    void pushesThatNobodyReadsAddUpToTheLimitAndAStatusDoesNot() throws IOException {
        int count = 1_000;
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofSeconds(5);
        MovedClock itsClock = new MovedClock();
        try (RunningLander checking = RunningLander.start(options, itsClock);
                RawPeer deaf = RawPeer.connectWithSmallBuffer(checking.controlAddress());
                ControlPeer looking = checking.control()) {
            assertNothingPushed(looking);
            register(deaf, count, LONG_NAME);
            // More than the system takes: from then on all else waits behind a status.
            deaf.send(repeated(20, PeerFraming.BARE.frame("cmd", "status")));
            checking.advance(itsClock, options.healthInterval.minusMillis(1));
            for (int i = 0; i < 20; i++) {
                assertNothingPushed(looking);
            }
            int checkBytes = ControlPeer.pack(ControlPeer.message(
                            "cmd", "healthcheck", "protocol", "tcp", "port", relayPort, "state", "good"))
                    .length;
            int most = MEBIBYTE / (count * checkBytes);
            // Each registration is checked once in its first two intervals, less a moment, and up to once more.
            for (int checks = 2; checks <= most; checks++) {
                checking.advance(itsClock, options.healthInterval);
                assertEquals(2, checking.controlConnections(), checks + " checks of at most " + most);
            }
            assertTrue(ShownStatus.of(looking).hasRelayPort(relayPort));
            // A turn in whose midst this clock is moved leaves the rest of the checks that are due to later ones.
            for (int late = 0; late < most && checking.controlConnections() == 2; late++) {
                checking.advance(itsClock, options.healthInterval);
            }
            assertEquals(1, checking.controlConnections());
            assertFalse(ShownStatus.of(looking).hasRelayPort(relayPort));
        }
    }

    @Test
    void aStatusThatIsReadSlowlyArrivesWhole() throws IOException {
        try (RawPeer component = RawPeer.connect(lander.controlAddress());
                RawPeer slow = RawPeer.connectWithSmallBuffer(lander.controlAddress())) {
            register(component, MANY, LONG_NAME);
            slow.send(PeerFraming.BARE.frame("cmd", "status"));
            slow.send(PeerFraming.BARE.frame("cmd", "status"));
            slow.send(PeerFraming.BARE.frame("cmd", "status"));
            slow.send(PeerFraming.BARE.frame("cmd", "fly"));
            for (int i = 0; i < 3; i++) {
                assertNothingPushed(observer); // who is served meanwhile
                ShownStatus status = ShownStatus.read(ControlPeer.field(slow.read(), "services"));
                assertTrue(status.toString().length() > MEBIBYTE);
                assertEquals(MANY, status.services().get(0).components().size());
            }
            assertEquals(2, ControlPeer.error(slow.read()));
            assertEquals(0, slow.ask("cmd", "status", "relay_port", 1));
        }
    }

    @Test
    void statusRepliesAreMadeOneAfterTheOther() throws IOException {
        try (RawPeer component = RawPeer.connect(lander.controlAddress());
                RawPeer greedy = RawPeer.connectWithSmallBuffer(lander.controlAddress())) {
            register(component, MANY, LONG_NAME);
            // All at once they would not fit into this machine's memory.
            long replies = Runtime.getRuntime().maxMemory() / MEBIBYTE + 1;
            greedy.send(repeated((int) replies, PeerFraming.BARE.frame("cmd", "status")));
            for (int i = 0; i < 3; i++) {
                assertNothingPushed(observer);
                assertEquals(
                        MANY,
                        ShownStatus.read(ControlPeer.field(greedy.read(), "services"))
                                .services()
                                .get(0)
                                .components()
                                .size());
            }
        }
    }

    @Test
    void whoGoesWhileAStatusWaitsIsForgotten() throws IOException {
        try (RawPeer component = RawPeer.connect(lander.controlAddress());
                RawPeer going = RawPeer.connectWithSmallBuffer(lander.controlAddress())) {
            int other = FreePorts.next();
            assertEquals(0, going.ask("cmd", "register", "protocol", "tcp", "port", PORT, "relay_port", other));
            register(component, MANY, LONG_NAME);
            going.send(repeated(10, PeerFraming.BARE.frame("cmd", "status")));
            assertTrue(ShownStatus.of(observer).hasRelayPort(other));
            going.reset();
            Await.until("its registration has ended", () -> !ShownStatus.of(observer)
                    .hasRelayPort(other));
        }
    }

    @Test
    void whoReadsGreedilyLetsOthersHaveTheirTurn() throws Exception {
        try (RawPeer component = RawPeer.connect(lander.controlAddress());
                RawPeer greedy = RawPeer.connect(lander.controlAddress())) {
            register(component, MANY, LONG_NAME);
            greedy.send(PeerFraming.BARE.frame("cmd", "status"));
            int statusBytes = size(greedy.read());
            int replies = 200;
            AtomicLong received = new AtomicLong();
            Thread reader = new Thread(() -> readAll(greedy, received));
            reader.start();
            greedy.send(repeated(replies, PeerFraming.BARE.frame("cmd", "status")));
            assertNothingPushed(observer);
            assertTrue(received.get() < replies / 2L * statusBytes, () -> received.get() + " bytes came first");
            greedy.reset();
            reader.join();
        }
    }

    private static void readAll(RawPeer peer, AtomicLong received) {
        byte[] buffer = new byte[MEBIBYTE];
        try {
            for (int count = 0;
                    count >= 0;
                    count = peer.socket().getInputStream().read(buffer)) {
                received.addAndGet(count);
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void register(RawPeer peer, int count, String name) throws IOException {
        ByteArrayOutputStream registers = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            registers.writeBytes(PeerFraming.BARE.frame(
                    "cmd", "register", "protocol", "tcp", "port", PORT + i, "relay_port", relayPort, "name", name));
        }
        peer.send(registers.toByteArray());
        for (int i = 0; i < count; i++) {
            assertEquals(0, ControlPeer.error(peer.read()));
        }
    }

    private static int size(Map<String, Value> reply) throws IOException {
        return ControlPeer.pack(Map.copyOf(reply)).length;
    }

    private static byte[] repeated(int count, byte[] message) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(message);
        }
        return all.toByteArray();
    }
}
