package dev.lander.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many runs, each by its seed; a failing one tells its seed, and repeats exactly. */
@Timeout(value = 7, unit = TimeUnit.DAYS) // for as many seeds as anybody asks for; a run that hangs ends by itself
final class SimulationTest {
    private static final int KNOWN = 60;
    private static final long SEEDS_A_DAY = 10_000_000;

    private static final Long SEED = Long.getLong("lander.simulation.seed");
    private static final long SEEDS = Long.getLong("lander.simulation.seeds", Long.MAX_VALUE);
    /** Unless a time is asked for: fast machines run the same seeds as slow ones. */
    private static final long MOST_A_DAY = Long.getLong("lander.simulation.seconds") == null ? 300 : Long.MAX_VALUE;

    private static final long SECONDS = Long.getLong("lander.simulation.seconds", 30);

    @Test
    void theSeedsOfTheDayBreakNoInvariant() throws IOException {
        long first = SEED == null ? LocalDate.now(ZoneOffset.UTC).toEpochDay() * SEEDS_A_DAY : SEED;
        long untilNs = System.nanoTime() + SECONDS * World.S;
        long most = SEED == null ? Math.min(SEEDS, MOST_A_DAY) : SEEDS;
        try (Runs runs = new Runs(SEED != null && SEEDS == 1)) {
            System.out.println("seeds from " + first + " on");
            long count = 0;
            for (; count < most && (System.nanoTime() < untilNs || SEEDS < Long.MAX_VALUE); count++) {
                Simulate.run(runs, Simulate.plan(first + count));
            }
            Simulate.tell(runs, count, 0);
        }
    }

    /** Each twice, and each time after others: neither these nor where anything lies in memory has a part in it. */
    @Test
    void theSameSeedsAsEverBreakNoInvariantAndAreOneRunEach() throws IOException {
        try (Runs runs = new Runs(false)) {
            Map<Long, String> hashes = new HashMap<>();
            for (long seed = 1; seed <= KNOWN; seed++) {
                hashes.put(seed, runs.run(Simulate.plan(seed)));
            }
            for (long seed = KNOWN; seed >= 1; seed--) {
                assertEquals(hashes.get(seed), runs.run(Simulate.plan(seed)), "seed " + seed);
            }
        }
    }
}
