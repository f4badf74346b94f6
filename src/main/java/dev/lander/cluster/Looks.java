package dev.lander.cluster;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.Reactor;
import java.util.function.BooleanSupplier;

/** Looks after what takes time: four times a second while there is any, else not at all. */
final class Looks {
    /**
     * What it looks after.
     *
     * @param joining whether what the others hold is still awaited
     * @param outbox takes what is to be told of loads
     * @param settlement settles what a look has found out
     */
    record Parts(
            BooleanSupplier joining,
            Absent absent,
            Orphans orphans,
            Loads loads,
            Unservable unservable,
            Outbox outbox,
            Settlement settlement) {}

    /** What could not be served is tried again after this many. */
    private static final int TO_RETRY = 20;

    private final Reactor reactor;
    private final Parts parts;
    private final Deadline next;
    private boolean isDue;
    private int sinceRetry;

    /** Begins, as the others' registrations are awaited. */
    Looks(Reactor reactor, Parts parts) {
        this.reactor = reactor;
        this.parts = parts;
        this.next = reactor.deadlines(Orphans.PAUSE).create(this::look);
        parts.absent().onAdded(this::wake);
        parts.loads().onAdded(this::wake);
        parts.unservable().onAdded(this::wake);
        wake();
    }

    /** It looks no more. */
    void stop() {
        isDue = true;
        next.stop();
    }

    private void wake() {
        if (!isDue) {
            isDue = true;
            next.start();
        }
    }

    private void look() {
        next.start(); // first: a defect in one look does not end the others
        boolean isJoining = parts.joining().getAsBoolean();
        parts.loads().tell(parts.outbox()).forEach(parts.settlement()::settle);
        parts.orphans().look(reactor.nowNs());
        sinceRetry++;
        if (sinceRetry >= TO_RETRY) {
            sinceRetry = 0;
            for (Identity identity : parts.unservable().all()) {
                parts.settlement().settle(identity);
            }
        }
        if (!isJoining && !isNeeded()) {
            isDue = false;
            next.stop();
        }
    }

    private boolean isNeeded() {
        return !parts.absent().isEmpty()
                || !parts.orphans().isEmpty()
                || !parts.loads().isEmpty()
                || !parts.unservable().isEmpty();
    }
}
