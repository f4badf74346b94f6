package dev.lander.reactor;

import org.jspecify.annotations.Nullable;

/**
 * All deadlines of one length, as a linked list in the order in which they expire: since every one that starts is due
 * later than all that started before, starting is a move to the tail, O(1).
 */
public final class Deadlines {
    /** What belongs to no connection: a defect in it is told, and ends nothing. */
    private record Unowned(Runnable action) implements DeadlineHandler {
        @Override
        public void onDeadline(Deadline due) {
            action.run();
        }

        @Override
        public void onFault(Exception defect) {
            // There is nothing to close.
        }

        @Override
        public String toString() {
            return action.toString();
        }
    }

    private final LoopClock clock;
    private final Faults faults;
    private final long lengthNs;
    private @Nullable Deadline head;
    private @Nullable Deadline tail;

    Deadlines(LoopClock clock, Faults faults, long lengthNs) {
        this.clock = clock;
        this.faults = faults;
        this.lengthNs = lengthNs;
    }

    /** A deadline of this length, not yet started. A defect in what it does ends what its handler owns. */
    public Deadline create(DeadlineHandler handler) {
        return new Deadline(this, handler);
    }

    /** A deadline that belongs to no connection. */
    public Deadline create(Runnable action) {
        return new Deadline(this, new Unowned(action));
    }

    /** Starts the deadline, whichever list it was in: due in this one's length after the present turn. */
    public void start(Deadline deadline) {
        if (deadline.list != this) {
            deadline.stop();
            deadline.list = this;
        }
        moveToTail(deadline);
    }

    /** Lets the first one happen now; false when there is none. */
    public boolean expireFirst() {
        return fireFirst(Long.MAX_VALUE);
    }

    /** Lets the first one happen if it is due; false when it is not, or there is none. */
    boolean fireFirst(long nowNs) {
        Deadline first = head;
        if (first == null || first.dueNs > nowNs) {
            return false;
        }
        remove(first);
        DeadlineHandler handler = first.handler();
        try {
            handler.onDeadline(first);
        } catch (RuntimeException defect) {
            faults.contain(handler, defect);
        }
        return true;
    }

    /** When the first one was started, in the loop's time; {@link Long#MAX_VALUE} when there is none. */
    public long firstStartNs() {
        return head == null ? Long.MAX_VALUE : head.dueNs - lengthNs;
    }

    long startNs(Deadline deadline) {
        return deadline.dueNs - lengthNs;
    }

    /** When the first one is due, in the loop's time; {@link Long#MAX_VALUE} when there is none. */
    long nextDueNs() {
        return head == null ? Long.MAX_VALUE : head.dueNs;
    }

    void moveToTail(Deadline deadline) {
        deadline.dueNs = clock.nowNs() + lengthNs;
        assert tail == null || tail.dueNs <= deadline.dueNs || tail == deadline : "deadlines are out of order";
        if (deadline == tail) {
            return;
        }
        remove(deadline);
        deadline.earlier = tail;
        if (tail == null) {
            head = deadline;
        } else {
            tail.later = deadline;
        }
        tail = deadline;
        deadline.started = true;
    }

    void remove(Deadline deadline) {
        if (!deadline.started) {
            return;
        }
        Deadline before = deadline.earlier;
        Deadline after = deadline.later;
        if (before == null) {
            head = after;
        } else {
            before.later = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.earlier = before;
        }
        deadline.earlier = null;
        deadline.later = null;
        deadline.started = false;
    }
}
