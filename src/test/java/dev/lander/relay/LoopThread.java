package dev.lander.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

/** The thread of the one Lander that is running in this process. */
public final class LoopThread {
    private LoopThread() {}

    public static long id() {
        List<Long> loops = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("reactor"))
                .map(Thread::getId)
                .toList();
        assertEquals(1, loops.size(), "one loop is running");
        return loops.get(0);
    }
}
