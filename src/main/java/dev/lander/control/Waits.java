package dev.lander.control;

import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.Reactor;
import java.util.EnumSet;
import java.util.Set;

/** What of a control connection's waits, and for what. */
final class Waits {
    private enum Wait {
        /** The rest of what has come, for the next select. */
        COMMANDS,
        /** Replies, for the next select: by then a released port is free. */
        REPLIES,
        /** A long reply that is being made, and commands behind it. */
        LONG_REPLY
    }

    private final Reactor reactor;
    private final FaultHandler owner;
    private final Runnable goOn;
    private final Set<Wait> waits = EnumSet.noneOf(Wait.class);

    /**
     * Of one connection.
     *
     * @param owner ends when it can't go on
     * @param goOn goes on when something waits no more
     */
    Waits(Reactor reactor, FaultHandler owner, Runnable goOn) {
        this.reactor = reactor;
        this.owner = owner;
        this.goOn = goOn;
    }

    /** Whether nothing waits: then what the peer sends is read. */
    boolean isEmpty() {
        return waits.isEmpty();
    }

    boolean holdsCommands() {
        return waits.contains(Wait.COMMANDS) || holdsLongReply();
    }

    boolean holdsReplies() {
        return waits.contains(Wait.REPLIES);
    }

    boolean holdsLongReply() {
        return waits.contains(Wait.LONG_REPLY);
    }

    void holdLongReply() {
        waits.add(Wait.LONG_REPLY);
    }

    void releaseLongReply() {
        waits.remove(Wait.LONG_REPLY);
    }

    void holdCommands() {
        untilNextSelect(Wait.COMMANDS);
    }

    void holdReplies() {
        untilNextSelect(Wait.REPLIES);
    }

    private void untilNextSelect(Wait wait) {
        if (waits.add(wait)) {
            reactor.afterSelect(owner, () -> {
                waits.remove(wait);
                goOn.run();
            });
        }
    }
}
