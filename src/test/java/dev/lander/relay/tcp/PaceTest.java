package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.RandomStream;
import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A component's {@code max_bytes_per_second}. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PaceTest {
    private static final Duration STEP = Duration.ofMillis(20);
    private static final int STEPS_OF_TWO_SECONDS = 100;
    private static final String SENDER = "pace sender";
    private static final long HELD_UP_NS = 50_000_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, 30_011, 1_000_000})
    void anyTwoSecondsBringWhatIsDue(int bytesPerSecond) throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_bytes_per_second", bytesPerSecond);
            RelayRig.Ends ends = rig.relayTo(component);
            AtomicLong read = keepReading(rig, ends.component());
            keepSending(rig, ends.client());
            List<Long> passed = new ArrayList<>();
            for (int step = 0; step <= 3 * STEPS_OF_TWO_SECONDS; step++) {
                passed.add(awaitRead(rig, "bytes_in", read));
                rig.advance(STEP);
            }
            for (int begin = 0; begin + STEPS_OF_TWO_SECONDS < passed.size(); begin++) {
                long inTwoSeconds = passed.get(begin + STEPS_OF_TWO_SECONDS) - passed.get(begin);
                long due = 2L * bytesPerSecond;
                assertTrue(Math.abs(inTwoSeconds - due) <= Math.max(1, due / 20), inTwoSeconds + " of " + due);
            }
        }
    }

    @Test
    void eachWayHasItsOwn() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_bytes_per_second", 100_000);
            RelayRig.Ends ends = rig.relayTo(component);
            AtomicLong read = keepReading(rig, ends.client());
            keepSending(rig, ends.component());
            long out = 0;
            for (int step = 0; step < STEPS_OF_TWO_SECONDS; step++) {
                rig.advance(STEP);
                out = awaitRead(rig, "bytes_out", read);
            }
            assertTrue(out >= 190_000 && out <= 210_000, "passed " + out);
            ends.client().getOutputStream().write(new byte[5_000]);
            assertEquals(5_000, ends.component().getInputStream().readNBytes(5_000).length, "at once: a burst");
        }
    }

    @Test
    void theEndComesBehindTheLastByte() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_bytes_per_second", 200_000);
            RelayRig.Ends ends = rig.relayTo(component);
            byte[] all = new RandomStream(7, 50_000).bytes();
            ends.client().getOutputStream().write(all);
            ends.client().shutdownOutput();
            assertEquals(all.length, ends.component().getInputStream().readAllBytes().length);
            ends.component().close();
            assertEquals(-1, ends.client().getInputStream().read());
            Await.until("it is closed", () -> rig.sum("active") == 0);
        }
    }

    /** At a byte a second the next one waits for longer than that. */
    @Test
    void aRelayWhoseBytesWaitIsNotIdle() throws Exception {
        TestOptions options = new TestOptions();
        options.idleTimeout = Duration.ofMillis(500);
        try (RelayRig rig = RelayRig.startWithMovedClock(options)) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_bytes_per_second", 1);
            RelayRig.Ends ends = rig.relayTo(component);
            ends.client().getOutputStream().write(new byte[] {'a', 'b'});
            assertEquals('a', ends.component().getInputStream().read());
            rig.advance(Duration.ofMillis(900));
            assertEquals(1, rig.sum("active"));
            rig.advance(Duration.ofMillis(200));
            assertEquals('b', ends.component().getInputStream().read());
            for (int step = 0; step < STEPS_OF_TWO_SECONDS; step++) {
                rig.advance(STEP);
            }
            assertEquals(0, rig.sum("active"), "nothing waits any more");
        }
    }

    /** Returns when all buffers on the way are full: what passes from then on is not for the sender to delay. */
    private static void keepSending(RelayRig rig, Socket from) {
        AtomicLong written = new AtomicLong();
        Thread sender = new Thread(
                () -> {
                    try {
                        while (true) {
                            from.getOutputStream().write(new byte[64 * 1024]);
                            written.incrementAndGet();
                        }
                    } catch (IOException end) {
                        // the rig closes it
                    }
                },
                SENDER);
        start(rig, sender);
        Await.until("the sender is held up", () -> {
            long before = written.get();
            LockSupport.parkNanos(HELD_UP_NS);
            return before > 0 && isAsleep(SENDER) && written.get() == before;
        });
    }

    /** Returns how much it has read. */
    private static AtomicLong keepReading(RelayRig rig, Socket at) {
        AtomicLong read = new AtomicLong();
        Thread reader = new Thread(() -> {
            byte[] bytes = new byte[64 * 1024];
            try {
                for (int length; (length = at.getInputStream().read(bytes)) >= 0; ) {
                    read.addAndGet(length);
                }
            } catch (IOException end) {
                // the rig closes it
            }
        });
        start(rig, reader);
        return read;
    }

    /** What has passed, once that is read: the buffers have room then, and a slow reader delays nothing. */
    private static long awaitRead(RelayRig rig, String counter, AtomicLong read) throws IOException {
        long passed = rig.sum(counter);
        Await.until("it is read", () -> read.get() >= passed);
        return passed;
    }

    /** Whether the thread waits for something, and not only for a processor. */
    private static boolean isAsleep(String thread) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path one : threads.toList()) {
                if (Files.readString(one.resolve("comm")).strip().equals(thread)) {
                    return Files.readString(one.resolve("stat")).contains("(" + thread + ") S ");
                }
            }
        } catch (IOException gone) {
            return false; // one of them has ended meanwhile
        }
        return false;
    }

    private static void start(RelayRig rig, Thread thread) {
        thread.setDaemon(true);
        thread.start();
        assertTrue(rig.port() > 0);
    }
}
