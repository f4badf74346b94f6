package dev.lander.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Honest clients and components among others that die, stall, flap, answer slowly, reset and send garbage, for
 * {@code lander.soak.seconds}. In the end nothing between honest ends was lost or changed, and the process holds no
 * more than at the beginning.
 */
@Isolated
final class SoakIT {
    private static final int SECONDS = Integer.getInteger("lander.soak.seconds", 10);
    private static final int WARM_UP_SECONDS = 4;
    private static final int SPARE_THREADS = 4;
    private static final long SPARE_HEAP_BYTES = 4L * 1024 * 1024;

    /** Those that carried a stream wait some seconds for the next one. */
    private static final Duration PIPES_REST = Duration.ofSeconds(40);

    private final long seed = Long.getLong("lander.soak.seed", System.nanoTime());

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void nothingBetweenHonestEndsIsLostAndNothingIsLeftBehind() throws Exception {
        System.out.println("soak seed " + seed);
        try (LanderProcess lander = LanderProcess.start(
                        "--health-interval=500ms",
                        "--health-misses=2",
                        "--connect-timeout=500ms",
                        "--idle-timeout=5s",
                        "--udp-timeout=2s");
                HonestComponents honest = new HonestComponents(lander, FreePorts.next(), FreePorts.next())) {
            long pipes = Footprint.pipes(lander);
            play(lander, honest, WARM_UP_SECONDS);
            Footprint before = Footprint.of(lander);
            Ledger ledger = play(lander, honest, SECONDS);
            Footprint after = Footprint.of(lander);

            System.out.println(ledger + "  before: " + before + "\n  after:  " + after);
            assertEquals("{}", ledger.lost().toString(), "exchanges between honest ends that failed");
            assertEquals(0, ledger.counted(HonestClients.CORRUPT), "wrong bytes");
            assertEquals(0, ledger.counted(HonestClients.MIXED_UP), "answers to somebody else");
            assertTrue(ledger.served() > 10 * SECONDS, "too little happened: " + ledger.served());
            assertEquals(before.descriptors(), after.descriptors(), "descriptors");
            Await.until("idle pipes are closed", PIPES_REST, () -> Footprint.pipes(lander) == pipes);
            assertTrue(after.threads() <= before.threads() + SPARE_THREADS, "threads: " + after.threads());
            assertTrue(after.heapBytes() <= before.heapBytes() + SPARE_HEAP_BYTES, "heap: " + after.heapBytes());
            assertEquals(
                    0,
                    lander.process().log().stream()
                            .filter(line -> line.contains("defect"))
                            .count(),
                    "defects");
        }
    }

    private Ledger play(LanderProcess lander, HonestComponents honest, int seconds) throws Exception {
        Ledger ledger = new Ledger();
        honest.report(ledger);
        Actors components = new Actors(seed);
        new Chaos(components, lander, honest).begin();
        Actors clients = new Actors(~seed);
        new HonestClients(clients, ledger, honest).begin();
        new Chaos(clients, lander, honest).beginClients();
        clients.pause(seconds * 1000);
        clients.stop();
        components.stop();
        Await.until("nothing is open any more", honest::isQuiet);
        return ledger;
    }

    /** What the process holds, but for pipes. */
    private record Footprint(long descriptors, long threads, long heapBytes) {
        static Footprint of(LanderProcess lander) throws IOException, InterruptedException {
            long heapBytes = LiveHeap.bytes(lander); // first: the first look opens a socket and a thread for good
            long descriptors = count(lander, "fd", open -> !isPipe(open));
            return new Footprint(descriptors, count(lander, "task", thread -> true), heapBytes);
        }

        static long pipes(LanderProcess lander) throws IOException {
            return count(lander, "fd", Footprint::isPipe);
        }

        private static long count(LanderProcess lander, String folder, Predicate<Path> which) throws IOException {
            Path proc = Path.of("/proc", Long.toString(lander.process().pid()));
            try (Stream<Path> entries = Files.list(proc.resolve(folder))) {
                return entries.filter(which).count();
            }
        }

        private static boolean isPipe(Path descriptor) {
            try {
                return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
            } catch (IOException closedMeanwhile) {
                return false;
            }
        }

        @Override
        public String toString() {
            return descriptors + " descriptors, " + threads + " threads, " + heapBytes / 1024 + " KiB of live heap";
        }
    }
}
