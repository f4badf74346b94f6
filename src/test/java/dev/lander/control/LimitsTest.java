package dev.lander.control;

import static dev.lander.control.ControlAssertions.assertNothingPushed;
import static dev.lander.control.ControlAssertions.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.lander.control.wire.PeerFraming;
import dev.lander.metrics.Counter;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RawPeer;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TestOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgpack.value.Value;
import org.slf4j.LoggerFactory;

/** How many connections and registrations there may be, and how long a status. */
class LimitsTest {
    private static final int MAX_CONNECTIONS = 4_096;
    private static final int MAX_ON_ONE = 2_048;
    private static final int MAX_FROM_ONE_ADDRESS = 16_384;

    /** They would hold 120 MB of unfinished messages, of which 64 MiB are allowed. */
    private static final int HOARDERS = 2_000;

    private static final int FEWEST_SHED = 800;

    /** The longest there is: 255 characters of four bytes each. */
    private static final String LONG_NAME = "\ud83d\udef0".repeat(255);

    /** Lander says when anything registers, and here that would be megabytes. */
    private final Logger events = (Logger) LoggerFactory.getLogger("dev.lander.log.EventLog");

    private RunningLander lander;
    private int relayPort;

    @BeforeEach
    void start() throws IOException {
        events.setLevel(Level.WARN);
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofHours(1);
        lander = RunningLander.start(options);
        relayPort = FreePorts.next();
    }

    @AfterEach
    void end() {
        lander.close();
        events.setLevel(null);
    }

    @Test
    void aConnectionMayHave2048Registrations() throws IOException {
        try (ControlPeer peer = lander.control();
                ControlPeer other = lander.control();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            register(peer, 1, MAX_ON_ONE, "x");
            assertRefused(13, "2048", ask(peer, "port", MAX_ON_ONE + 1));
            // Before error 13 come 3, 5 and 12, and 8 comes after it.
            assertEquals(3, ControlPeer.error(ask(peer, "port", 1)));
            assertEquals(5, ControlPeer.error(ask(peer, "port", relayPort)));
            assertEquals(12, ControlPeer.error(ask(peer, "port", MAX_ON_ONE + 1, "balance", "random")));
            assertEquals(13, ControlPeer.error(ask(peer, "relay_port", taken.getLocalPort())));
            assertEquals(0, other.register("tcp", MAX_ON_ONE + 1, relayPort));
            assertEquals(13, ControlPeer.error(ask(peer, "port", MAX_ON_ONE + 1))); // nor by a takeover
            assertEquals(0, peer.unregister("tcp", 1, relayPort));
            assertEquals(0, ControlPeer.error(ask(peer, "port", MAX_ON_ONE + 1)));
            assertEquals(13, ControlPeer.error(ask(peer, "port", 1)));
        }
    }

    @Test
    void anAddressMayHave16384RegistrationsAndAStatus16Mebibytes() throws IOException {
        List<ControlPeer> peers = new ArrayList<>();
        try (ControlPeer last = lander.control();
                RawPeer elsewhere = RawPeer.connectFrom(InetAddress.getByName("127.0.0.2"), lander.controlAddress())) {
            for (int first = 1; first < MAX_FROM_ONE_ADDRESS; first += MAX_ON_ONE) {
                ControlPeer peer = lander.control();
                peers.add(peer);
                register(peer, first, MAX_ON_ONE, LONG_NAME);
            }
            int port = 65_000;
            assertRefused(13, "16384", ask(last, "port", port));
            assertEquals(0, elsewhere.ask("cmd", "register", "protocol", "tcp", "port", port, "relay_port", relayPort));
            assertEquals(0, ControlPeer.error(ask(last, "port", 1))); // a takeover makes no more of them

            last.send("cmd", "status");
            assertRefused(13, "relay_port", last.reply());
            last.send("cmd", "status", "relay_port", 1);
            assertEquals(0, ControlPeer.error(last.reply()));
            peers.remove(0).close();
            peers.remove(0).close();
            Await.until(
                    "two are gone",
                    () -> ControlPeer.error(ask(last, "port", port)) == 0
                            && last.unregister("tcp", port, relayPort) == 0
                            && isShort(last));
            ShownStatus.Service service = ShownStatus.of(last).services().get(0);
            assertEquals(
                    MAX_FROM_ONE_ADDRESS - 2 * MAX_ON_ONE + 2,
                    service.components().size());
        } finally {
            for (ControlPeer peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void thereMayBe4096ControlConnections() throws IOException {
        assumeTrue(maxFiles() > 2 * MAX_CONNECTIONS + 1_000, "too few file descriptors");
        List<SocketChannel> channels = new ArrayList<>();
        try (ControlPeer first = lander.control()) {
            assertNothingPushed(first);
            while (channels.size() < MAX_CONNECTIONS - 1) {
                channels.add(SocketChannel.open(lander.controlAddress()));
            }
            try (RawPeer tooMany = RawPeer.connect(lander.controlAddress())) {
                assertRefused(13, "4096", tooMany.read());
                assertEquals(0, tooMany.readToEnd().length);
            }
            assertNothingPushed(first);
            channels.remove(0).close();
            Await.until("another is served", () -> {
                try (RawPeer next = RawPeer.connect(lander.controlAddress())) {
                    return next.ask("cmd", "status") == 0;
                }
            });
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    @Test
    void unfinishedMessagesOfAllPeersTogetherAreBounded() throws IOException {
        assumeTrue(maxFiles() > 2 * HOARDERS + 1_000, "too few file descriptors");
        ByteBuffer unfinished = ByteBuffer.allocate(60_000);
        unfinished.put((byte) 0x81).put((byte) 0xda).putShort((short) 65_000); // a string of 65,000 bytes begins
        List<SocketChannel> hoarders = new ArrayList<>();
        try (ControlPeer honest = lander.control()) {
            assertEquals(0, honest.register("tcp", 1, relayPort));
            for (int i = 0; i < HOARDERS; i++) {
                SocketChannel hoarder = SocketChannel.open(lander.controlAddress());
                hoarders.add(hoarder);
                hoarder.write(unfinished.rewind());
            }
            Await.until("the greatest go", () -> lander.counted(Counter.CONTROL_MEMORY) >= FEWEST_SHED);
            assertEquals(1, ShownStatus.of(honest).services().size());
        } finally {
            for (SocketChannel hoarder : hoarders) {
                hoarder.close();
            }
        }
    }

    private boolean isShort(ControlPeer peer) throws IOException {
        peer.send("cmd", "status");
        return ControlPeer.error(peer.reply()) == 0;
    }

    /** Registers components with these ports on the one relay port, all with one write. */
    private void register(ControlPeer peer, int firstPort, int count, String name) throws IOException {
        ByteArrayOutputStream registers = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            registers.writeBytes(PeerFraming.BARE.frame(
                    "cmd",
                    "register",
                    "protocol",
                    "tcp",
                    "port",
                    componentPort(firstPort + i),
                    "relay_port",
                    relayPort,
                    "name",
                    name));
        }
        peer.sendBytes(registers.toByteArray());
        for (int i = 0; i < count; i++) {
            assertEquals(0, ControlPeer.error(peer.reply()));
        }
    }

    /** Registers one, with other values for some fields. */
    private Map<String, Value> ask(ControlPeer peer, Object... namesAndValues) throws IOException {
        Map<String, Object> command = ControlPeer.message(
                "cmd", "register", "protocol", "tcp", "port", MAX_ON_ONE + 1, "relay_port", relayPort);
        command.putAll(ControlPeer.message(namesAndValues));
        peer.sendBytes(ControlPeer.pack(command));
        return peer.reply();
    }

    /** The n-th of the ports that are not the relay port. */
    private int componentPort(int number) {
        return number < relayPort ? number : number + 1;
    }

    private static long maxFiles() {
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        assertTrue(system.getOpenFileDescriptorCount() > 0);
        return system.getMaxFileDescriptorCount();
    }
}
