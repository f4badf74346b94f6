package dev.lander.reactor;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait for a certain point of a turn. What is added while they run waits for that point of the next turn.
 */
final class PutOff {
    private record Task(@Nullable FaultHandler owner, Runnable work) {}

    private final Faults faults;
    private final ArrayDeque<Task> waiting = new ArrayDeque<>();

    /** How many of them the next {@link #run} runs. */
    private int marked;

    PutOff(Faults faults) {
        this.faults = faults;
    }

    /** Adds a task; null when a defect in it ends nobody's connection. */
    void add(@Nullable FaultHandler owner, Runnable work) {
        waiting.add(new Task(owner, work));
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Those that wait now are run by the next {@link #run}. */
    void mark() {
        marked = waiting.size();
    }

    void run() {
        for (; marked > 0; marked--) {
            Task task = waiting.remove();
            if (task.owner() == null) {
                faults.run(task.work());
            } else {
                faults.run(task.owner(), task.work());
            }
        }
    }
}
