package dev.lander.cluster.members;

import dev.lander.reactor.Reactor;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * News for the loop, in order. It gets a bounded portion each turn, however much has come: 10,000 registrations are
 * many turns.
 */
final class LoopInbox {
    /** Bytes of messages that a turn takes, give or take one message. */
    private static final int PORTION = 16 << 10;

    /** What any piece of news counts at least. */
    private static final int LEAST = 256;

    private record News(Runnable task, int bytes) {}

    private final Reactor reactor;
    private final Queue<News> waiting = new ConcurrentLinkedQueue<>();

    /** Whether a portion is due at the loop. */
    private final AtomicBoolean isDue = new AtomicBoolean();

    LoopInbox(Reactor reactor) {
        this.reactor = reactor;
    }

    /**
     * Runs the task on the loop's thread, after those that were added before. From any thread.
     *
     * @param bytes how long the message is that it handles
     */
    void add(Runnable task, int bytes) {
        waiting.add(new News(task, Math.max(bytes, LEAST)));
        if (isDue.compareAndSet(false, true)) {
            reactor.execute(this::takePortion);
        }
    }

    /** What a task throws is the reactor's to contain; the rest comes next turn all the same. */
    private void takePortion() {
        try {
            int room = PORTION;
            News next = waiting.poll();
            while (next != null) {
                next.task().run();
                room -= next.bytes();
                next = room > 0 && !reactor.isTurnLong() ? waiting.poll() : null;
            }
        } finally {
            isDue.set(false);
            if (!waiting.isEmpty() && isDue.compareAndSet(false, true)) {
                reactor.execute(this::takePortion);
            }
        }
    }
}
