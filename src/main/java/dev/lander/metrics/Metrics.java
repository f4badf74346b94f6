package dev.lander.metrics;

import java.util.EnumMap;
import java.util.Map;

/** The values of all {@link Counter}s. */
public final class Metrics {
    private static final class Tally {
        private long count;
    }

    private final Map<Counter, Tally> tallies = new EnumMap<>(Counter.class);

    /** It has happened once more. */
    public void count(Counter counter) {
        tallies.computeIfAbsent(counter, first -> new Tally()).count++;
    }

    /** How often it has happened since the start. */
    public long value(Counter counter) {
        Tally tally = tallies.get(counter);
        return tally == null ? 0 : tally.count;
    }
}
