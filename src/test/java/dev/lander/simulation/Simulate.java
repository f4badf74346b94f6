package dev.lander.simulation;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.BitSet;
import java.util.stream.Stream;

/**
 * Many runs outside of the tests: {@code Simulate FIRST COUNT [SECONDS]}, or one that is shown: {@code Simulate SEED}.
 */
public final class Simulate {
    private Simulate() {}

    /** Runs as many seeds from the first on; exits with 1 at the first that fails. */
    public static void main(String[] args) throws IOException {
        long first = Long.parseLong(args[0]);
        boolean one = args.length == 1;
        long count = one ? 1 : Long.parseLong(args[1]);
        long untilNs = args.length > 2 ? System.nanoTime() + Long.parseLong(args[2]) * World.S : Long.MAX_VALUE;
        boolean goesOn = Boolean.getBoolean("lander.simulation.goOn");
        int failed = 0;
        long seed = first;
        try (Runs runs = new Runs(one)) {
            for (; seed < first + count && System.nanoTime() < untilNs; seed++) {
                if (!passes(runs, plan(seed))) {
                    failed++;
                    if (!goesOn) {
                        System.exit(1);
                    }
                }
            }
            tell(runs, seed - first, failed);
        }
    }

    private static boolean passes(Runs runs, Simulation.Plan plan) {
        try {
            run(runs, plan);
            return true;
        } catch (AssertionError broken) {
            System.out.println(broken.getMessage());
            Throwable cause = broken.getCause();
            if (cause != null && !(cause instanceof ViolationException)) {
                cause.printStackTrace(System.out);
            }
            return false;
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
