package dev.lander.reactor;

import org.jspecify.annotations.Nullable;

/**
 * Something that happens after it was started, in as long as its list says, unless it is stopped or started again
 * before. It is a node of its {@link Deadlines} list, so starting and stopping allocate nothing.
 */
public final class Deadline {
    private final DeadlineHandler handler;

    /** Where it is, or is started next. */
    Deadlines list;

    /** When it is due, in the loop's time; meaningful while it is in the list. */
    long dueNs;

    @Nullable
    Deadline earlier;

    @Nullable
    Deadline later;

    boolean started;

    Deadline(Deadlines list, DeadlineHandler handler) {
        this.list = list;
        this.handler = handler;
    }

    /** Starts the time anew: due one list's length after the present turn. */
    public void start() {
        list.moveToTail(this);
    }

    /** It will not happen, unless it is started again. Stopping what is not started does nothing. */
    public void stop() {
        list.remove(this);
    }

    /** Whether it is yet to happen. */
    public boolean isStarted() {
        return started;
    }

    /** When it was started last, in the loop's time; only while it is yet to happen. */
    public long startedNs() {
        return list.startNs(this);
    }

    /** Called when it is due. */
    DeadlineHandler handler() {
        return handler;
    }
}
