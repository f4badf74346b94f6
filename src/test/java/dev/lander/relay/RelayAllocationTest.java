package dev.lander.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lander.relay.udp.UdpPeer;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In steady state the loop makes no garbage. */
final class RelayAllocationTest {
    private static final int RELAYS = 10;

    /** A chunk there and a chunk back on each relay. */
    private static final int CHUNKS_PER_ROUND = 2 * RELAYS;

    /**
     * What the JDK's selector makes of a descriptor above 127 to look up its key, where the compiler does not spare it:
     * an {@code Integer}.
     */
    private static final long MOST_PER_CHUNK = 16;

    private static final int CHUNKS = 100_000;
    private static final int MEGABYTES = 1_000;
    private static final int DATAGRAMS = 8_000;
    private static final int MOST_ROUNDS = 8;

    /** What {@code DatagramChannel} makes of a sender that is not the last one's: 120 bytes were measured. */
    private static final long MOST_PER_EXCHANGE = 128;

    @Test
    void smallChunksOfStreamsAreRelayedWithoutGarbage() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            List<RelayRig.Ends> relays = new ArrayList<>();
            for (int i = 0; i < RELAYS; i++) {
                relays.add(rig.relayTo(component));
            }
            assertSettlesAt(MOST_PER_CHUNK, CHUNKS, () -> passChunks(relays, CHUNKS));
        }
    }

    @Test
    void streamsAreMovedWithoutGarbage() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            assertSettlesAt(MOST_PER_CHUNK, MEGABYTES, () -> passMegabytes(ends, MEGABYTES));
        }
    }

    @Test
    void datagramsMakeNoMoreGarbageThanTheirSendersAddresses() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer first = UdpServer.echo();
                UdpServer second = UdpServer.echo();
                UdpPeer client = new UdpPeer();
                UdpPeer other = new UdpPeer()) {
            rig.register("udp", first.port());
            rig.register("udp", second.port());
            assertSettlesAt(MOST_PER_EXCHANGE, DATAGRAMS, () -> passDatagrams(rig, List.of(client, other), DATAGRAMS));
        }
    }

    @Test
    void declaredAnswersMakeNoMoreGarbageThanTheirSendersAddresses() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer first = UdpServer.echo();
                UdpServer second = UdpServer.echo();
                UdpPeer client = new UdpPeer();
                UdpPeer other = new UdpPeer()) {
            rig.register("udp", first.port(), "responses", 1);
            rig.register("udp", second.port(), "responses", 1);
            assertSettlesAt(MOST_PER_EXCHANGE, DATAGRAMS, () -> passDatagrams(rig, List.of(client, other), DATAGRAMS));
        }
    }

    /** The first rounds don't count if there is a later one: some objects vanish when the loop's code is compiled. */
    private static void assertSettlesAt(long most, int events, Background.Action round) throws Exception {
        List<Long> perEvent = new ArrayList<>();
        do {
            long before = allocatedByLoop();
            round.run();
            perEvent.add((allocatedByLoop() - before) / events);
        } while (perEvent.get(perEvent.size() - 1) > most && perEvent.size() < MOST_ROUNDS);
        long last = perEvent.get(perEvent.size() - 1);
        assertTrue(last <= most, "bytes for each chunk or exchange, round by round: " + perEvent);
    }

    private static void passChunks(List<RelayRig.Ends> relays, int chunks) throws IOException {
        byte[] chunk = new byte[100];
        for (int i = 0; i < chunks / CHUNKS_PER_ROUND; i++) {
            for (RelayRig.Ends ends : relays) {
                ends.client().getOutputStream().write(chunk);
                ends.component().getOutputStream().write(chunk);
            }
            for (RelayRig.Ends ends : relays) {
                assertEquals(chunk.length, ends.client().getInputStream().readNBytes(chunk, 0, chunk.length));
                assertEquals(chunk.length, ends.component().getInputStream().readNBytes(chunk, 0, chunk.length));
            }
        }
    }

    private static void passMegabytes(RelayRig.Ends ends, int count) throws Exception {
        byte[] block = new byte[1024 * 1024];
        Background<Boolean> sending = Background.run(() -> {
            for (int i = 0; i < count; i++) {
                ends.client().getOutputStream().write(block);
            }
        });
        byte[] came = new byte[block.length];
        for (int i = 0; i < count; i++) {
            assertEquals(came.length, ends.component().getInputStream().readNBytes(came, 0, came.length));
        }
        sending.result();
    }

    private static void passDatagrams(RelayRig rig, List<UdpPeer> clients, int datagrams) throws IOException {
        byte[] request = new byte[100];
        for (int i = 0; i < datagrams / clients.size(); i++) {
            for (UdpPeer client : clients) {
                client.send(request, rig.address());
            }
            for (UdpPeer client : clients) {
                assertEquals(request.length, client.receive().bytes().length);
            }
        }
    }

    private static long allocatedByLoop() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(LoopThread.id());
    }
}
