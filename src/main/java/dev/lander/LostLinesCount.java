package dev.lander;

import dev.lander.log.LostLines;
import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Reactor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts, on the loop's thread, the lines that the access log has lost on its own. However many are lost, one task at
 * most waits in the loop for each kind.
 */
final class LostLinesCount implements LostLines {
    private final Reactor reactor;
    private final BurstLog log;
    private final AtomicLong unqueued = new AtomicLong();
    private final AtomicLong unwritten = new AtomicLong();

    /** Of the last line that could not be written. */
    private volatile String why = "";

    LostLinesCount(Reactor reactor, BurstLog log) {
        this.reactor = reactor;
        this.log = log;
    }

    @Override
    public void onQueueFull() {
        if (unqueued.getAndIncrement() == 0) {
            reactor.execute(() -> count(Counter.ACCESS_LOG_SLOW, unqueued, "too slow"));
        }
    }

    @Override
    public void onWriteFailed(String reason) {
        why = reason;
        if (unwritten.getAndIncrement() == 0) {
            reactor.execute(() -> count(Counter.ACCESS_LOG_FAILED, unwritten, why));
        }
    }

    private void count(Counter cause, AtomicLong lost, String reason) {
        long lines = lost.getAndSet(0);
        log.metrics().count(cause, lines - 1); // and the one that is counted here
        log.count(cause, "lines=" + lines, "why", reason);
    }
}
