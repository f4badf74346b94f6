package dev.lander.walk;

import java.time.Duration;

/** What walks have in common. */
final class Walks {
    private Walks() {}

    /** Returns this long after the beginning, at once when that is over. */
    static void sleepUntil(long begunNs, int seconds) throws InterruptedException {
        Duration left = Duration.ofSeconds(seconds).minusNanos(System.nanoTime() - begunNs);
        Thread.sleep(Math.max(0, left.toMillis()));
    }
}
