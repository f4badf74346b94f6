package dev.lander.relay.tcp;

import dev.lander.reactor.Reactor;
import dev.lander.sockets.FdBudget;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * How many TCP relays may be open at once. At the limit the relay ports stop accepting, and clients wait in their
 * backlogs. While any port waits, a slot that becomes free is for the one that has waited longest, and a port that
 * comes later waits behind it.
 */
final class ConnectionSlots {
    /** Descriptors that a relay takes: the client's and the upstream's. */
    private static final int FDS_PER_RELAY = 2;

    /** All clients that wait for a component take at most this part of the descriptors. */
    private static final int PARKED_SHARE = 8;

    private final Reactor reactor;
    private final FdBudget fds;
    private final int limit;

    /** Ends UDP flows until this many descriptors are free; false when they are not yet, or not at all. */
    private final IntPredicate endFlowsFor;

    private final Runnable resumeNext = this::resumeNext;

    /** What goes on when there is room: ports that have stopped accepting, and queues; the longest waiting first. */
    private final Set<Runnable> waiting = new LinkedHashSet<>();

    /** What was let go on last, and is the only one to be served until {@link #resumeNext}; null = nothing was. */
    private @Nullable Runnable turn;

    /** Slots that it may take: those that were free when its turn began. */
    private int turnSlots;

    /** TCP relays open now. */
    private int taken;

    /** Clients that wait for a component, with one descriptor each. */
    private int parked;

    /** Descriptors that are held for the port that goes on next, so that no new UDP flow takes them: 0 or 2. */
    private int reserved;

    /** {@link #resumeNext} will run. */
    private boolean scheduled;

    /**
     * Slots for all TCP relay ports.
     *
     * @param limit of relays open at once
     * @param endFlowsFor ends UDP flows until this many descriptors are free; false when they are not yet, or not at
     *     all
     */
    ConnectionSlots(Reactor reactor, FdBudget fds, int limit, IntPredicate endFlowsFor) {
        this.reactor = reactor;
        this.fds = fds;
        this.limit = limit;
        this.endFlowsFor = endFlowsFor;
        fds.onRelease(this::onReleased);
    }

    /** The budget that relays share with all else. */
    FdBudget descriptors() {
        return fds;
    }

    /** TCP relays open now, those still connecting included. */
    int taken() {
        return taken;
    }

    /** TCP relays that may be open at once. */
    int limit() {
        return limit;
    }

    /**
     * Asks for a slot, which {@link #take} takes. If there is none, or others wait for it, the port waits: it is run
     * when its turn has come, and asks again then.
     */
    boolean request(Runnable port) {
        boolean hasTurn = port == turn && turnSlots > 0;
        boolean isNext = hasTurn || (waiting.isEmpty() && (turn == null || turn == port));
        if (isNext && makeRoom()) {
            turnSlots -= hasTurn ? 1 : 0;
            return true;
        }
        waiting.add(port);
        if (!isNext) {
            scheduleResume();
        }
        return false;
    }

    /** Whether there is no room for anybody, nor after the next select. */
    boolean isFull() {
        return taken >= limit || reserved + fds.freeSoon() < FDS_PER_RELAY;
    }

    void take() {
        taken++;
        hold(FDS_PER_RELAY);
    }

    private void hold(int count) {
        int used = Math.min(count, reserved);
        reserved -= used;
        fds.hold(count - used);
        unreserve();
    }

    private void unreserve() {
        int unused = reserved;
        reserved = 0;
        if (unused > 0) {
            fds.release(unused);
        }
    }

    /** The relay has ended. */
    void giveBack() {
        taken--;
        assert taken >= 0 : "more slots were given back than taken";
        fds.release(FDS_PER_RELAY);
    }

    /**
     * Whether another client may wait for a component. All that wait take at most an eighth of the descriptors, which
     * leaves the rest to relays however many services are full.
     */
    boolean mayPark() {
        return parked < fds.total() / PARKED_SHARE;
    }

    /** A client waits for a component: it keeps its own descriptor, but not the slot. */
    void park() {
        parked++;
        taken--;
        fds.release(FDS_PER_RELAY - 1);
    }

    /** The client waits no more, and has its slot again: {@link #request} was asked, or it is given back at once. */
    void unpark() {
        parked--;
        assert parked >= 0 : "more clients have waited than were parked";
        taken++;
        hold(FDS_PER_RELAY - 1);
    }

    /** The port waits for room no more. */
    void forget(Runnable port) {
        waiting.remove(port);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "open=" + taken;
    }

    /**
     * Whether there is room for another relay. Where only descriptors are short, UDP flows end, and there will be room
     * after the next select.
     */
    private boolean makeRoom() {
        if (taken >= limit) {
            return false;
        }
        return reserved > 0 || fds.free() >= FDS_PER_RELAY || endFlowsFor.test(FDS_PER_RELAY);
    }

    private void onReleased() {
        if (!waiting.isEmpty() && reserved == 0 && taken < limit && fds.free() >= FDS_PER_RELAY) {
            reserved = FDS_PER_RELAY;
            fds.hold(FDS_PER_RELAY);
        }
        scheduleResume();
    }

    private void scheduleResume() {
        if (!scheduled && (turn != null || !waiting.isEmpty())) {
            scheduled = true;
            reactor.afterSelect(resumeNext);
        }
    }

    /** Ends the present turn, and lets the next port go on if there is room. */
    private void resumeNext() {
        scheduled = false;
        turn = null;
        Iterator<Runnable> first = waiting.iterator();
        if (!first.hasNext()) {
            unreserve();
            return;
        }
        if (!makeRoom()) {
            return;
        }
        Runnable next = first.next();
        first.remove();
        turn = next;
        turnSlots = limit - taken;
        scheduleResume();
        next.run();
    }
}
