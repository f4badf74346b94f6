package dev.lander.simulation;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.BitSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Many runs outside of the tests: {@code Simulate FIRST COUNT [SECONDS]}, or one that is shown: {@code Simulate SEED}.
 */
public final class Simulate {
    private Simulate() {}

    /**
     * Runs as many seeds from the first on; exits with 1 at the first that fails, or, if the system properties say so,
     * at the first that fails by a check of certain classes.
     */
    public static void main(String[] args) throws IOException {
        long first = Long.parseLong(args[0]);
        boolean one = args.length == 1;
        long count = one ? 1 : Long.parseLong(args[1]);
        long untilNs = args.length > 2 ? System.nanoTime() + Long.parseLong(args[2]) * World.S : Long.MAX_VALUE;
        boolean goesOn = Boolean.getBoolean("lander.simulation.goOn");
        Set<String> finders =
                Set.of(System.getProperty("lander.simulation.finders", "").split(","));
        int failed = 0;
        long seed = first;
        try (Runs runs = new Runs(one)) {
            for (; seed < first + count && System.nanoTime() < untilNs; seed++) {
                AssertionError broken = whatBreaks(runs, plan(seed));
                if (broken != null) {
                    failed++;
                    boolean wanted = broken.getCause() instanceof ViolationException violation
                            && finders.contains(violation.finder());
                    if (!goesOn || wanted) {
                        System.exit(1);
                    }
                }
            }
            tell(runs, seed - first, failed);
        }
    }

    /** Null = nothing does. */
    private static @Nullable AssertionError whatBreaks(Runs runs, Simulation.Plan plan) {
        try {
            run(runs, plan);
            return null;
        } catch (AssertionError broken) {
            System.out.println(broken.getMessage());
            Throwable cause = broken.getCause();
            if (cause != null && !(cause instanceof ViolationException)) {
                cause.printStackTrace(System.out);
            }
            return broken;
        }
    }

    /**
     * One run; if it fails, a shorter one is looked for as long as the system properties allow.
     *
     * @throws AssertionError when it fails; the message says how to repeat it
     */
    static void run(Runs runs, Simulation.Plan plan) {
        try {
            runs.run(plan);
        } catch (AssertionError broken) {
            long seconds = Long.getLong("lander.simulation.shrink", 0);
            if (seconds == 0) {
                throw broken;
            }
            String shorter = Runs.command(new Shrinker(runs, seconds).shrink(plan));
            throw new AssertionError(broken.getMessage() + "\nshorter: " + shorter, broken.getCause());
        }
    }

    /** As the system properties say. */
    static Simulation.Plan plan(long seed) {
        BitSet without = new BitSet();
        Stream.of(System.getProperty("lander.simulation.without", "").split(","))
                .filter(number -> !number.isEmpty())
                .forEach(number -> without.set(Integer.parseInt(number)));
        long servedNs = Long.getLong("lander.simulation.served", Scenario.SERVED_NS / World.MS) * World.MS;
        return new Simulation.Plan(seed, without, servedNs);
    }

    /** How many, how fast, and what was never reached. */
    static void tell(Runs runs, long count, int failed) {
        long cpuNs = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        System.out.printf(
                "%d seeds, %d failed, %.0f simulated seconds, %.0f per CPU second%n",
                count, failed, runs.seconds(), runs.seconds() * World.S / cpuNs);
        System.out.println("not reached: " + runs.reached().missing());
        if (!runs.reached().surprising().isEmpty()) {
            System.out.println("reached, though OutOfReach says that it can't be: "
                    + runs.reached().surprising());
        }
    }
}
