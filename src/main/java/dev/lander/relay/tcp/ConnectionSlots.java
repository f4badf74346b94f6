package dev.lander.relay.tcp;

import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Reactor;
import dev.lander.sockets.FdBudget;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * How many TCP relays may be open at once. At the limit the relay ports stop accepting, and clients wait in their
 * backlogs; when a relay ends, the ports go on in turn.
 */
final class ConnectionSlots {
    /** Descriptors that a relay takes: the client's and the upstream's. */
    private static final int FDS_PER_RELAY = 2;

    /** All clients that wait for a component take at most this part of the descriptors. */
    private static final int PARKED_SHARE = 8;

    private final Reactor reactor;
    private final BurstLog log;
    private final FdBudget fds;
    private final int limit;

    /** Ends a UDP flow to free its descriptor; false when there is none. */
    private final BooleanSupplier endOldestFlow;

    private final Runnable releaseFds;

    /** What goes on when there is room: ports that have stopped accepting and lines, the longest waiting first. */
    private final Set<Runnable> waiting = new LinkedHashSet<>();

    private int taken;

    /** Clients that wait for a component, with one descriptor each. */
    private int parked;

    private boolean resumeScheduled;

    /** Nobody has asked for a slot since one was taken. */
    private boolean justTaken;

    /**
     * A slot was given back by who had just taken it: the next one is for those who wait, not for the same port again.
     */
    private boolean owed;

    ConnectionSlots(Reactor reactor, BurstLog log, FdBudget fds, int limit, BooleanSupplier endOldestFlow) {
        this.reactor = reactor;
        this.log = log;
        this.fds = fds;
        this.limit = limit;
        this.endOldestFlow = endOldestFlow;
        this.releaseFds = () -> fds.release(FDS_PER_RELAY);
        fds.onRelease(this::scheduleResume);
    }

    /** TCP relays open now, those still connecting included. */
    int taken() {
        return taken;
    }

    /** TCP relays that may be open at once. */
    int limit() {
        return limit;
    }

    /** Whether another slot may be taken; if not the runnable is run when its turn has come. */
    boolean mayTake(Runnable onRoom) {
        boolean may = hasRoomOr(onRoom);
        if (!may) {
            log.count(Counter.RELAYS_FULL, "open=" + taken);
        }
        return may;
    }

    /** Like {@link #mayTake}, for who has not to pause for it. */
    boolean hasRoomOr(Runnable onRoom) {
        justTaken = false;
        boolean has = (!owed || waiting.isEmpty()) && hasRoom();
        if (!has) {
            waiting.add(onRoom);
        }
        return has;
    }

    void take() {
        taken++;
        justTaken = true;
        fds.hold(FDS_PER_RELAY);
    }

    /**
     * The relay has ended. The system gets its descriptors back only with the next select, which matters when few are
     * left.
     */
    void giveBack() {
        taken--;
        release(releaseFds);
    }

    private void release(Runnable release) {
        owed |= justTaken && !waiting.isEmpty();
        justTaken = false;
        if (fds.isScarce()) {
            reactor.afterSelect(release);
        } else {
            release.run();
        }
    }

    /**
     * Whether another client may wait for a component. All who wait take at most an eighth of the descriptors, which
     * leaves the rest to relays however many services are full.
     */
    boolean mayPark() {
        return parked < fds.total() / PARKED_SHARE;
    }

    /** The client waits for a component: it keeps its own descriptor, but not the slot. */
    void park() {
        parked++;
        taken--;
        release(() -> fds.release(FDS_PER_RELAY - 1));
    }

    /** The client waits no more, and has its slot again: {@link #mayTake} was asked, or it is given back at once. */
    void unpark() {
        parked--;
        taken++;
        fds.hold(FDS_PER_RELAY - 1);
    }

    /** It waits for room no more. */
    void forget(Runnable onRoom) {
        waiting.remove(onRoom);
    }

    private boolean hasRoom() {
        if (taken >= limit) {
            return false;
        }
        while (fds.free() < FDS_PER_RELAY) {
            if (!endOldestFlow.getAsBoolean()) {
                return false;
            }
        }
        return true;
    }

    private void scheduleResume() {
        if (!waiting.isEmpty() && !resumeScheduled) {
            resumeScheduled = true;
            reactor.afterSelect(this::resumeNext);
        }
    }

    /** Lets one port accept; the next one too, a turn later, should it leave room. */
    private void resumeNext() {
        resumeScheduled = false;
        owed = false;
        if (waiting.isEmpty() || !hasRoom()) {
            return;
        }
        Iterator<Runnable> first = waiting.iterator();
        Runnable goOn = first.next();
        first.remove();
        goOn.run();
        scheduleResume();
    }
}
