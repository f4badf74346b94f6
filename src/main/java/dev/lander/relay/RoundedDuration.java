package dev.lander.relay;

import java.time.Duration;

/**
 * What a register asks for, rounded up to two decimal digits: each length of deadline has a list of its own in the
 * loop, and whoever registers may ask for any.
 */
public final class RoundedDuration {
    private RoundedDuration() {}

    /** Of as many nanoseconds. */
    public static Duration ofNs(long ns) {
        long unit = 1;
        while (ns / unit >= 100) {
            unit *= 10;
        }
        return Duration.ofNanos((ns + unit - 1) / unit * unit);
    }
}
