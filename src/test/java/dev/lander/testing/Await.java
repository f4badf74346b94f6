package dev.lander.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what must become true, instead of sleeping for luck. */
public final class Await {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long STEP_NS = 1_000_000;

    private Await() {}

    /** Returns as soon as the condition holds; fails the test when it does not within twenty seconds. */
    public static void until(String what, Callable<Boolean> condition) {
        until(what, LIMIT, condition);
    }

    /** The same, within this time. */
    public static void until(String what, Duration limit, Callable<Boolean> condition) {
        long giveUpNs = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (Exception fault) {
                throw new AssertionError("while waiting until " + what, fault);
            }
            if (System.nanoTime() > giveUpNs) {
                throw new AssertionError("did not happen within " + limit + ": " + what);
            }
            LockSupport.parkNanos(STEP_NS);
        }
    }
}
