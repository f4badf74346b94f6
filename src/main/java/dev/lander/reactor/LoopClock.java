package dev.lander.reactor;

import java.util.function.LongSupplier;

/**
 * The loop's time. It is read once a turn and stands still while the process does: when a turn begins later than the
 * loop asked for by more than {@link #STALL_NS}, as after SIGSTOP or on a paused machine, the surplus does not count.
 */
final class LoopClock {
    /** A turn that begins this much later than planned was held up from outside. */
    static final long STALL_NS = 1_000_000_000L;

    private final LongSupplier clock;

    /** A turn that has taken this long has work that could wait for the next one. */
    private static final long LONG_TURN_NS = 1_000_000;

    /** The clock at this turn's beginning, as read. */
    private long readNs;

    /** Time that the process stood still, in all. */
    private long stalledNs;

    LoopClock(LongSupplier clock) {
        this.clock = clock;
        this.readNs = clock.getAsLong();
    }

    /** The loop's time, from an arbitrary origin. */
    long nowNs() {
        return readNs - stalledNs;
    }

    /** The clock itself, read anew. */
    long readNs() {
        return clock.getAsLong();
    }

    /** How long this turn has taken, for one more reading of the clock. */
    long turnNs() {
        return clock.getAsLong() - readNs;
    }

    /** Whether what can wait for the next turn should, for one more reading of the clock. */
    boolean isTurnLong() {
        return turnNs() > LONG_TURN_NS;
    }

    /** The loop begins: time before it does not count as a turn. */
    void start() {
        readNs = clock.getAsLong();
    }

    /**
     * A turn begins.
     *
     * @param plannedNs how long the wait for it could have taken; {@link Long#MAX_VALUE} = any time
     */
    void beginTurn(long plannedNs) {
        long previousNs = readNs;
        readNs = clock.getAsLong();
        long surplusNs = readNs - previousNs - plannedNs;
        if (plannedNs != Long.MAX_VALUE && surplusNs > STALL_NS) {
            stalledNs += surplusNs;
        }
    }
}
