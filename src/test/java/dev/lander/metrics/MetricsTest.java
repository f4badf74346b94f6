package dev.lander.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void everyCounterCountsByItself() {
        Metrics metrics = new Metrics();
        metrics.count(Counter.CONNECT_REFUSED);
        metrics.count(Counter.CONNECT_REFUSED);
        metrics.count(Counter.CONNECT_TIMEOUT);
        for (Counter counter : Counter.values()) {
            long expected = counter == Counter.CONNECT_REFUSED ? 2 : counter == Counter.CONNECT_TIMEOUT ? 1 : 0;
            assertEquals(expected, metrics.value(counter), counter::name);
        }
    }

    @Test
    void everyCounterHasANameOfItsOwnThatAMetricCanBear() {
        Set<String> names = new HashSet<>();
        for (Counter counter : Counter.values()) {
            assertTrue(names.add(counter.family() + " " + counter.cause()), counter::name);
            assertTrue(counter.family().matches("[a-z]+(_[a-z]+)*"), counter::family);
            assertTrue(counter.cause().matches("[a-z]+(_[a-z]+)*"), counter::cause);
            assertTrue(counter.help().length() > 10, counter::help);
        }
    }
}
