package dev.lander.metrics;

import java.util.Arrays;
import java.util.List;

/** How long something took, counted by classes of duration. Recording allocates nothing. */
public final class Histogram {
    /** 10 µs to 10 s, by 1, 2.5 and 5 of each decade: what is faster or slower than that is told by the ends. */
    private static final long[] BOUNDS_NS = {
        10_000L,
        25_000L,
        50_000L,
        100_000L,
        250_000L,
        500_000L,
        1_000_000L,
        2_500_000L,
        5_000_000L,
        10_000_000L,
        25_000_000L,
        50_000_000L,
        100_000_000L,
        250_000_000L,
        500_000_000L,
        1_000_000_000L,
        2_500_000_000L,
        5_000_000_000L,
        10_000_000_000L
    };

    /** By class; the last one is of what was longer than all bounds. */
    private final long[] counts = new long[BOUNDS_NS.length + 1];

    private long sumNs;

    /** Counts one more that took this long. */
    public void record(long tookNs) {
        int slot = 0;
        while (slot < BOUNDS_NS.length && tookNs > BOUNDS_NS[slot]) {
            slot++;
        }
        counts[slot]++;
        sumNs += tookNs;
    }

    /** What has been recorded so far, to be handed out of the reactor's thread. */
    public Values values() {
        return new Values(
                Arrays.stream(BOUNDS_NS).boxed().toList(),
                Arrays.stream(counts).boxed().toList(),
                sumNs);
    }

    /**
     * What was recorded until one moment.
     *
     * @param boundsNs the longest duration of each class but the last, which has no bound
     * @param counts how often each class was met, one more than there are bounds
     * @param sumNs all durations together
     */
    public record Values(List<Long> boundsNs, List<Long> counts, long sumNs) {}
}
