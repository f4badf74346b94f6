package dev.lander.testing;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A clock that stands still until the test moves it; from any thread. */
public final class MovedClock implements LongSupplier {
    private final AtomicLong nowNs = new AtomicLong(1_000_000_000L);

    @Override
    public long getAsLong() {
        return nowNs.get();
    }

    /** Moves the clock on. */
    public void advance(Duration by) {
        nowNs.addAndGet(by.toNanos());
    }
}
