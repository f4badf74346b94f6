package dev.lander.control;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.Deadlines;
import dev.lander.registry.Component;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Sends each of a connection's registrations a health check, one interval after the other. */
final class HealthChecks {
    private final Deadlines intervals;
    private final int misses;
    private final Consumer<Component> send;
    private final Map<Component, Deadline> nextChecks = new HashMap<>();

    /**
     * The checks of one control connection.
     *
     * @param intervals of the length of the interval
     * @param misses unanswered checks in a row that make a component silent
     * @param send sends a check to the component
     */
    HealthChecks(Deadlines intervals, int misses, Consumer<Component> send) {
        this.intervals = intervals;
        this.misses = misses;
        this.send = send;
    }

    /** The first check is due a whole interval from now. */
    void start(Component component) {
        Deadline next = intervals.create(() -> check(component));
        nextChecks.put(component, next);
        next.start();
    }

    void stop(Component component) {
        Deadline next = nextChecks.remove(component);
        if (next != null) {
            next.stop();
        }
    }

    void stopAll() {
        nextChecks.values().forEach(Deadline::stop);
        nextChecks.clear();
    }

    /** Whether all that ever answered has been silent for twice as long as makes one silent: then nobody is there. */
    boolean isAbandoned() {
        boolean anyAnswered = false;
        for (Component component : nextChecks.keySet()) {
            if (component.everAnswered()) {
                anyAnswered = true;
                if (!component.owesAnswers(2L * misses + 1)) { // the last one sent is not missed yet
                    return false;
                }
            }
        }
        return anyAnswered;
    }

    private void check(Component component) {
        component.checkDue(misses);
        Deadline next = nextChecks.get(component);
        if (next != null) {
            next.start();
            send.accept(component);
        }
    }
}
