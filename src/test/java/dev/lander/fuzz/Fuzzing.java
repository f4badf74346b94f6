package dev.lander.fuzz;

import dev.lander.fuzz.Seeds.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One run: all seeds as they are, then mutations of them and of what came to something new. The same seed of the random
 * numbers makes the same run.
 */
final class Fuzzing {
    /** How often a line of progress comes; an input that takes as long counts as hanging. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Inputs that came to something new are mutated if they are short, and as long as they are not too many. */
    private static final int LONGEST_IN_POOL = 2_000;

    private static final int LARGEST_POOL = 20_000;

    private final long inputs;
    private final long seed;
    private final long beganNs = System.nanoTime();
    private final Oracle oracle = new Oracle();
    private final Tally tally = new Tally();
    private final List<byte[]> pool = new ArrayList<>();

    /** The number of the input that is being tried. */
    private final AtomicLong number = new AtomicLong();

    /** The input itself, for the thread that watches. */
    private volatile @Nullable Seed present;

    /** Tries this many inputs, the seeds among them, but at least these. */
    Fuzzing(long inputs, long seed) {
        this.inputs = inputs;
        this.seed = seed;
    }

    /** Fails at the first input that does harm, and keeps it. */
    void run() throws Exception {
        FutureTask<Void> trying = new FutureTask<>(this::tryAll, null);
        Thread thread = new Thread(trying, "fuzzing");
        thread.setDaemon(true);
        thread.start();
        long watched = -1;
        while (true) {
            try {
                trying.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (ExecutionException harm) {
                throw found(Objects.requireNonNullElse(harm.getCause(), harm));
            } catch (TimeoutException stillTrying) {
                if (number.get() == watched) {
                    throw found(new AssertionError("it hangs"));
                }
                watched = number.get();
                System.out.println("fuzz: " + progress());
            }
        }
    }

    Tally tally() {
        return tally;
    }

    /** What the run did, for people. */
    String report() {
        return "fuzz: %s%n%,12d  results; %,d inputs came to something new%n%s%nfuzz: %s"
                .formatted(progress(), tally.results(), tally.differentOutcomes(), tally.table(), oracle.extremes());
    }

    private String progress() {
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        return "%,d inputs in %.1f s, %,.0f/s, seed %d".formatted(number.get(), seconds, number.get() / seconds, seed);
    }

    private void tryAll() {
        Nonsense.firstBytes().forEach(this::tryOne);
        for (Seed one : Seeds.all()) {
            tryOne(one);
            pool.add(one.bytes);
        }
        Mutator mutator = new Mutator(new Random(seed), Nonsense.tokens());
        while (number.get() < inputs) {
            byte[] input = mutator.mutated(pool);
            boolean isNew = tryOne(new Seed("a mutation", input));
            if (isNew && input.length <= LONGEST_IN_POOL && pool.size() < LARGEST_POOL) {
                pool.add(input);
            }
        }
    }

    /** Whether it came to something new. */
    private boolean tryOne(Seed one) {
        present = one;
        number.incrementAndGet();
        return tally.add(oracle.check(one.bytes));
    }

    private AssertionError found(Throwable harm) {
        Seed one = Objects.requireNonNull(present);
        return Found.by(one.bytes, "input %d of seed %d: %s".formatted(number.get(), seed, one.name), harm);
    }
}
