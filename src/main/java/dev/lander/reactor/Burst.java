package dev.lander.reactor;

import org.jspecify.annotations.Nullable;

/** Ready handlers of one class that are called in a row, and the task that waits for their end. */
final class Burst {
    /** The class of the handler that was called last; null before the first. */
    private @Nullable Class<?> kind;

    /** Null when nothing waits. */
    private @Nullable Runnable atEnd;

    /** Whether a handler of this class, which is called next, belongs to another burst than the one that is awaited. */
    boolean endsBefore(Class<?> handlerClass) {
        return atEnd != null && handlerClass != kind;
    }

    /** A handler of this class is called next. */
    void next(Class<?> handlerClass) {
        kind = handlerClass;
    }

    /** The task runs when the burst ends. */
    void await(Runnable task) {
        atEnd = task;
    }

    /** Whether this very task waits. */
    boolean isAwaitedBy(Runnable task) {
        return atEnd == task;
    }

    boolean isAwaited() {
        return atEnd != null;
    }

    /** The burst has ended: what waited for it, which waits no more; null = nothing did. */
    @Nullable
    Runnable end() {
        Runnable task = atEnd;
        atEnd = null;
        return task;
    }
}
