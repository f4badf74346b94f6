package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.Background;
import dev.lander.relay.LoopThread;
import dev.lander.relay.RandomStream;
import dev.lander.relay.RelayRig;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A reader that stops slows its sender down, and costs bounded memory. */
final class TcpRelayBackpressureTest {
    private static final long MEGABYTE = 1024 * 1024;
    private static final long STREAM_BYTES = 96 * MEGABYTE;

    /** What the system may take in for the four sockets' buffers, generously, and Lander's one spill buffer. */
    private static final long MOST_IN_BETWEEN = STREAM_BYTES / 2;

    private static final long WATCHED_NS = 100_000_000;

    @Test
    void senderOfARequestStallsUntilItsReaderGoesOn() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            stallAndGoOn(rig, ends.client(), ends.component(), "bytes_in");
        }
    }

    @Test
    void senderOfAResponseStallsUntilItsReaderGoesOn() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            stallAndGoOn(rig, ends.component(), ends.client(), "bytes_out");
        }
    }

    @Test
    void otherDirectionIsNotHeldUp() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            RandomStream stream = new RandomStream(System.nanoTime(), STREAM_BYTES);
            Background<Boolean> sending =
                    Background.run(() -> stream.writeTo(ends.client().getOutputStream()));
            rig.awaitStall("bytes_in");
            RandomStream answer = new RandomStream(System.nanoTime(), 10 * MEGABYTE);
            Background<Boolean> answering =
                    Background.run(() -> answer.writeTo(ends.component().getOutputStream()));
            assertEquals(10 * MEGABYTE, answer.check(ends.client().getInputStream(), 10 * MEGABYTE));
            assertTrue(answering.result());
            assertEquals(STREAM_BYTES, stream.check(ends.component().getInputStream(), STREAM_BYTES));
            assertTrue(sending.result());
        }
    }

    @Test
    void otherRelaysAreNotHeldUp() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            RelayRig.Ends stalled = rig.relayTo(component);
            RandomStream stream = new RandomStream(System.nanoTime(), STREAM_BYTES);
            Background<Boolean> sending =
                    Background.run(() -> stream.writeTo(stalled.client().getOutputStream()));
            rig.awaitStall("bytes_in");
            RelayRig.Ends other = rig.relayTo(component);
            other.client().getOutputStream().write(5);
            assertEquals(5, other.component().getInputStream().read());
            assertEquals(STREAM_BYTES, stream.check(stalled.component().getInputStream(), STREAM_BYTES));
            assertTrue(sending.result());
        }
    }

    private static void stallAndGoOn(RelayRig rig, Socket from, Socket to, String counter) throws Exception {
        long memoryBefore = directMemory();
        RandomStream stream = new RandomStream(System.nanoTime(), STREAM_BYTES);
        Background<Boolean> sending = Background.run(() -> {
            stream.writeTo(from.getOutputStream());
            from.shutdownOutput();
        });
        long taken = rig.awaitStall(counter);
        assertTrue(taken < MOST_IN_BETWEEN, taken + " bytes were read though nobody takes them");
        assertTrue(directMemory() - memoryBefore <= SpillBuffers.FULL_READ + MEGABYTE, "memory for one stalled relay");
        assertLoopRests();
        stream.checkAll(to.getInputStream());
        assertTrue(sending.result());
    }

    /** A loop that is told again and again of what it does not want would use up its processor. */
    private static void assertLoopRests() {
        long loop = LoopThread.id();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long beginNs = System.nanoTime();
        long usedNs = threads.getThreadCpuTime(loop);
        while (System.nanoTime() - beginNs < WATCHED_NS) {
            LockSupport.parkNanos(WATCHED_NS);
        }
        usedNs = threads.getThreadCpuTime(loop) - usedNs;
        assertTrue(usedNs < WATCHED_NS / 4, usedNs + " ns of processor time while nothing could be done");
    }

    /** Of the whole process: the test's own sockets use a little too. */
    private static long directMemory() {
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                return pool.getMemoryUsed();
            }
        }
        throw new AssertionError("no pool of direct buffers");
    }
}
