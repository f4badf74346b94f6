package dev.lander.control;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lets the weight of components that have joined or returned grow with time. */
final class SlowStarts {
    /**
     * Between two looks at all components that grow. A weight has 16 steps, so a slow start of 2 s and more takes each
     * of them.
     */
    private static final Duration STEP = Duration.ofMillis(100);

    private final Reactor reactor;
    private final Deadline step;

    /** When each component that grows began. */
    private final Map<Component, Long> begunNs = new LinkedHashMap<>();

    SlowStarts(Reactor reactor) {
        this.reactor = reactor;
        this.step = reactor.deadlines(STEP).create(this::grow);
    }

    /** The component begins now, perhaps anew. */
    void begin(Component component) {
        begunNs.put(component, reactor.nowNs());
        if (!step.isStarted()) {
            step.start();
        }
    }

    private void grow() {
        long nowNs = reactor.nowNs();
        step.start(); // first: the others grow on even when one fails
        begunNs.entrySet().removeIf(begun -> !begun.getKey().grow(nowNs - begun.getValue()));
        if (begunNs.isEmpty()) {
            step.stop();
        }
    }
}
