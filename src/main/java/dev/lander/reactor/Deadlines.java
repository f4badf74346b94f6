package dev.lander.reactor;

import org.jspecify.annotations.Nullable;

/**
 * All deadlines of one length, as a linked list in the order in which they expire: since every one that starts is due
 * later than all that started before, starting is a move to the tail, O(1).
 */
public final class Deadlines {
    private final Reactor reactor;
    private final long lengthNs;
    private @Nullable Deadline head;
    private @Nullable Deadline tail;

    Deadlines(Reactor reactor, long lengthNs) {
        this.reactor = reactor;
        this.lengthNs = lengthNs;
    }

    /** A deadline of this length, not yet started. */
    public Deadline create(Runnable action) {
        return new Deadline(this, action);
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
        Deadline first = pollDue(Long.MAX_VALUE);
        if (first == null) {
            return false;
        }
        first.action().run();
        return true;
    }

    /** When the first one is due, in the loop's time; {@link Long#MAX_VALUE} when there is none. */
    long nextDueNs() {
        return head == null ? Long.MAX_VALUE : head.dueNs;
    }

    /** Takes out the first one if it is due. */
    @Nullable
    Deadline pollDue(long nowNs) {
        Deadline first = head;
        if (first == null || first.dueNs > nowNs) {
            return null;
        }
        remove(first);
        return first;
    }

    void moveToTail(Deadline deadline) {
        deadline.dueNs = reactor.nowNs() + lengthNs;
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
