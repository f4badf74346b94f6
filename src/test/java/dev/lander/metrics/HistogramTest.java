package dev.lander.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistogramTest {
    private final Histogram histogram = new Histogram();

    @Test
    void aDurationIsCountedInTheFirstClassThatHoldsIt() {
        List<Long> bounds = histogram.values().boundsNs();
        for (int i = 0; i < bounds.size(); i++) {
            histogram.record(bounds.get(i)); // a bound belongs to its class
            histogram.record(bounds.get(i) + 1); // which ends there
        }
        List<Long> counts = histogram.values().counts();
        assertEquals(bounds.size() + 1, counts.size());
        assertEquals(1, counts.get(0));
        assertEquals(1, counts.get(bounds.size()));
        assertEquals(Collections.nCopies(bounds.size() - 1, 2L), counts.subList(1, bounds.size()));
    }

    @Test
    void theSumIsOfAllDurations() {
        histogram.record(0);
        histogram.record(5_000);
        histogram.record(60_000_000_000L);
        assertEquals(60_000_005_000L, histogram.values().sumNs());
    }

    @Test
    void valuesDoNotChangeAfterwards() {
        Histogram.Values before = histogram.values();
        histogram.record(1);
        assertEquals(0, before.counts().get(0));
        assertEquals(1, histogram.values().counts().get(0));
    }
}
