package dev.lander.metrics;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** The values of all {@link Counter}s, and the durations that are measured. */
public final class Metrics {
    private static final class Tally {
        private long count;
    }

    private final Map<Counter, Tally> tallies = new EnumMap<>(Counter.class);
    private final Histogram connectTimes = new Histogram();
    private final Histogram turnTimes = new Histogram();
    private long splicedBytes;

    /** It has happened once more. */
    public void count(Counter counter) {
        tallies.computeIfAbsent(counter, first -> new Tally()).count++;
    }

    /** It has happened several times more. */
    public void count(Counter counter, long times) {
        tallies.computeIfAbsent(counter, first -> new Tally()).count += times;
    }

    /** Counts bytes that were relayed without being copied. */
    public void countSpliced(int bytes) {
        splicedBytes += bytes;
    }

    /** Bytes that were relayed without being copied, since the start. */
    public long splicedBytes() {
        return splicedBytes;
    }

    /** How often it has happened since the start. */
    public long value(Counter counter) {
        Tally tally = tallies.get(counter);
        return tally == null ? 0 : tally.count;
    }

    /** All counters at this moment, to be handed out of the reactor's thread. */
    public Map<Counter, Long> values() {
        Map<Counter, Long> values = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            values.put(counter, value(counter));
        }
        return Collections.unmodifiableMap(values);
    }

    /** How long upstream TCP connects took that succeeded. */
    public Histogram connectTimes() {
        return connectTimes;
    }

    /** How long the loop's turns took, without the wait for readiness. */
    public Histogram turnTimes() {
        return turnTimes;
    }
}
