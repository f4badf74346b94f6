package dev.lander.reactor;

import org.jspecify.annotations.Nullable;

/** Ready handlers of one class that are called in a row, and the task that waits for their end. */
final class Burst {
    private final Faults faults;

    /** The class of the handler that was called last; null before the first. */
    private @Nullable Class<?> kind;

    /** Null when nothing waits. */
    private @Nullable Runnable atEnd;

    Burst(Faults faults) {
        this.faults = faults;
    }

    /** A handler of this class is called next. */
    void next(Class<?> handlerClass) {
        if (atEnd != null && handlerClass != kind) {
            end();
        }
        kind = handlerClass;
    }

    /** The task runs when the burst ends; another one that waits for that runs now. */
    void atEnd(Runnable task) {
        if (atEnd != task) {
            end();
            atEnd = task;
        }
    }

    boolean isAwaited() {
        return atEnd != null;
    }

    void end() {
        Runnable task = atEnd;
        if (task != null) {
            atEnd = null;
            faults.run(task);
        }
    }
}
