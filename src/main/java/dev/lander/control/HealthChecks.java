package dev.lander.control;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.Expiry;
import dev.lander.reactor.FaultHandler;
import dev.lander.registry.Component;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Sends each of a connection's registrations a health check, one interval after the other. */
final class HealthChecks {
    private final CheckIntervals intervals;
    private final int misses;
    private final FaultHandler owner;
    private final Consumer<Component> send;
    private final Map<Component, Check> checks = new HashMap<>();

    /** Registrations that have answered at least once. */
    private int answering;

    /** Those of them that have been silent for twice as long as makes one silent. */
    private int gone;

    /**
     * The checks of one control connection.
     *
     * @param misses unanswered checks in a row that make a component silent
     * @param owner ends when a check fails by a defect
     * @param send sends a check to the component
     */
    HealthChecks(CheckIntervals intervals, int misses, FaultHandler owner, Consumer<Component> send) {
        this.intervals = intervals;
        this.misses = misses;
        this.owner = owner;
        this.send = send;
    }

    /** The first check is due a whole interval from now. */
    void start(Component component) {
        Check check = new Check(component);
        checks.put(component, check);
        intervals.count(1);
        check.next.start();
    }

    void stop(Component component) {
        Check check = checks.remove(component);
        if (check != null) {
            intervals.count(-1);
            check.next.stop();
            check.uncount();
        }
    }

    void stopAll() {
        checks.values().forEach(check -> check.next.stop());
        intervals.count(-checks.size());
        checks.clear();
        answering = 0;
        gone = 0;
    }

    /** The component has answered all checks before. */
    void onAnswered(Component component) {
        Check check = checks.get(component);
        if (check != null) {
            check.count();
        }
    }

    /** Whether all that ever answered has been silent for twice as long as makes one silent: then nobody is there. */
    boolean isAbandoned() {
        assert gone >= 0 && gone <= answering && answering <= checks.size() : "registrations are miscounted";
        return answering > 0 && gone == answering;
    }

    /** One registration's checks, and how it was counted last. */
    private final class Check {
        private final Component component;
        private final Expiry expiry = new Expiry(owner, this::onDue);
        private Deadline next;
        private int sent;
        private boolean countedAsAnswering;
        private boolean countedAsGone;

        Check(Component component) {
            this.component = component;
            this.next = intervals.whole().create(expiry);
        }

        private void onDue() {
            component.checks().due(misses);
            if (checks.get(component) == this) {
                count();
                startNext();
                send.accept(component);
            }
        }

        private void startNext() {
            sent++;
            if (sent == 1) {
                next = intervals.second().create(expiry);
            } else if (sent == 2) {
                next = intervals.whole().create(expiry);
            }
            next.start();
        }

        private void count() {
            uncount();
            countedAsAnswering = component.checks().everAnswered();
            countedAsGone = component.checks().owesAnswers(2L * misses + 1); // the last one sent is not missed yet
            answering += countedAsAnswering ? 1 : 0;
            gone += countedAsGone ? 1 : 0;
        }

        private void uncount() {
            answering -= countedAsAnswering ? 1 : 0;
            gone -= countedAsGone ? 1 : 0;
            countedAsAnswering = false;
            countedAsGone = false;
        }
    }
}
