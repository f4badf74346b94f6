package dev.lander.cluster.members;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Closes what takes too long: the JDK has no limit for a whole exchange, nor for a write. */
final class TimeLimits implements Closeable {
    private final ScheduledThreadPoolExecutor waiting = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "cluster-limits");
        thread.setDaemon(true);
        return thread;
    });

    TimeLimits() {
        waiting.setRemoveOnCancelPolicy(true);
    }

    /** Closes it after this long, unless what is returned is cancelled before. */
    Future<?> of(Duration limit, Closeable closed) {
        return waiting.schedule(() -> closeQuietly(closed), limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    static void closeQuietly(Closeable closed) {
        try {
            closed.close();
        } catch (IOException gone) {
            // it is none any more
        }
    }

    @Override
    public void close() {
        waiting.shutdownNow();
    }
}
