package dev.lander.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Many runs, each by its seed; a failing one tells its seed, and repeats exactly. */
@Timeout(value = 7, unit = TimeUnit.DAYS) // for as many seeds as anybody asks for; a run that hangs ends by itself
final class SimulationTest {
    private static final int SEEDS = Integer.getInteger("lander.simulation.seeds", 60);
    private static final long FIRST = Long.getLong("lander.simulation.seed", 1);
    private static final boolean PRINTED = Boolean.getBoolean("lander.simulation.trace");

    private final Logger log = (Logger) LoggerFactory.getLogger("dev.lander");
    private final Level usual = log.getEffectiveLevel();

    @BeforeEach
    void silence() {
        log.setLevel(PRINTED ? usual : Level.OFF);
    }

    @AfterEach
    void speak() {
        log.setLevel(usual);
    }

    @Test
    void noSeedBreaksAnInvariant() {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            String hash = run(seed);
            if (PRINTED) {
                System.out.println("trace " + hash);
            }
        }
    }

    @Test
    void aSeedIsOneRun() {
        for (long seed = FIRST; seed < FIRST + 5; seed++) {
            assertEquals(run(seed), run(seed), "seed " + seed);
        }
    }

    private static String run(long seed) {
        Trace trace = new Trace(PRINTED);
        try {
            return new Simulation(seed, trace).run();
        } catch (IOException | RuntimeException | Error broken) {
            String command = "make simulate SEED=" + seed;
            throw new AssertionError(
                    "seed " + seed + ": " + broken + "\n" + String.join("\n", trace.last()) + "\nrepeat: " + command,
                    broken);
        }
    }
}
