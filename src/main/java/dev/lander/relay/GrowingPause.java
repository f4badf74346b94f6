package dev.lander.relay;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.Reactor;
import java.time.Duration;

/** Pauses between tries to reach a component: 1 s, doubling to 30 s. */
public final class GrowingPause {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Reactor reactor;
    private final Deadline end;
    private Duration length = FIRST;

    /** @param action runs at the end of each pause */
    public GrowingPause(Reactor reactor, Runnable action) {
        this.reactor = reactor;
        this.end = reactor.deadlines(FIRST).create(action);
    }

    /** @param handler is called at the end of each pause */
    public GrowingPause(Reactor reactor, DeadlineHandler handler) {
        this.reactor = reactor;
        this.end = reactor.deadlines(FIRST).create(handler);
    }

    /** Begins the next pause, which is longer than the last. */
    public void begin() {
        reactor.deadlines(length).start(end);
        Duration doubled = length.multipliedBy(2);
        length = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    }

    /** Ends the present pause without its action. */
    public void stop() {
        end.stop();
    }
}
