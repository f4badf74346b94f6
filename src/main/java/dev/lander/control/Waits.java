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
        /** The status, and commands behind it: see {@link StatusView}. */
        STATUS
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
        return waits.contains(Wait.COMMANDS) || holdsStatus();
    }

    boolean holdsReplies() {
        return waits.contains(Wait.REPLIES);
    }

    boolean holdsStatus() {
        return waits.contains(Wait.STATUS);
    }

    void holdStatus() {
        waits.add(Wait.STATUS);
    }

    void releaseStatus() {
        waits.remove(Wait.STATUS);
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
