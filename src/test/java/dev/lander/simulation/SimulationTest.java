package dev.lander.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many runs, each by its seed; a failing one tells its seed, and repeats exactly. */
@Timeout(value = 7, unit = TimeUnit.DAYS) // for as many seeds as anybody asks for; a run that hangs ends by itself
final class SimulationTest {
    private static final int SEEDS = Integer.getInteger("lander.simulation.seeds", 60);
    private static final long FIRST = Long.getLong("lander.simulation.seed", 1);
    private static final boolean PRINTED = Boolean.getBoolean("lander.simulation.trace");

    @Test
    void noSeedBreaksAnInvariant() throws IOException {
        try (Runs runs = new Runs(PRINTED)) {
            for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
                runs.run(Simulate.plan(seed));
            }
            Simulate.tell(runs, SEEDS, 0);
        }
    }

    @Test
    void aSeedIsOneRun() throws IOException {
        try (Runs runs = new Runs(false)) {
            for (long seed = FIRST; seed < FIRST + 5; seed++) {
                assertEquals(runs.run(Simulate.plan(seed)), runs.run(Simulate.plan(seed)), "seed " + seed);
            }
        }
    }
}
