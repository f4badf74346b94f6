package dev.lander.control;

import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import java.time.Duration;

/**
 * The times between health checks. They are the interval; but when there are many registrations, as all that come back
 * after a restart, each one's second check comes sooner, so that from then on they are spread over the interval.
 */
final class CheckIntervals {
    /** Up to this many registrations are sent their checks in one turn. */
    private static final int FEW = 64;

    /** The interval is divided into this many parts. */
    private static final int PARTS = 16;

    private final Reactor reactor;
    private final Duration interval;
    private int registrations;

    /** The parts until the next second check. */
    private int parts = PARTS;

    CheckIntervals(Reactor reactor, Duration interval) {
        this.reactor = reactor;
        this.interval = interval;
    }

    /** Another registration is checked, or one is no more. */
    void count(int change) {
        registrations += change;
        assert registrations >= 0 : "a registration's end was counted twice";
    }

    /** From one check to the next. */
    Deadlines whole() {
        return reactor.deadlines(interval);
    }

    /** From a registration's first check to its second. */
    Deadlines second() {
        if (registrations <= FEW) {
            return whole();
        }
        parts = parts == PARTS ? 1 : parts + 1;
        return reactor.deadlines(interval.multipliedBy(parts).dividedBy(PARTS));
    }
}
