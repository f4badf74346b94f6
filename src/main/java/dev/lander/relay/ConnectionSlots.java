package dev.lander.relay;

import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Acceptor;
import dev.lander.reactor.FdBudget;
import dev.lander.reactor.Reactor;
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

    private final Reactor reactor;
    private final BurstLog log;
    private final FdBudget fds;
    private final int limit;

    /** Ends a UDP flow to free its descriptor; false when there is none. */
    private final BooleanSupplier endOldestFlow;

    private final Runnable releaseFds;

    /** Ports that have stopped accepting, the longest waiting first. */
    private final Set<Acceptor> waiting = new LinkedHashSet<>();

    private int taken;
    private boolean resumeScheduled;

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

    /** Whether the port may accept another client; if not it is paused, and resumed when its turn has come. */
    boolean mayAccept(Acceptor acceptor) {
        if (hasRoom()) {
            return true;
        }
        log.count(Counter.RELAYS_FULL, "open=" + taken);
        acceptor.pause();
        waiting.add(acceptor);
        return false;
    }

    void take() {
        taken++;
        fds.hold(FDS_PER_RELAY);
    }

    /**
     * The relay has ended. The system gets its descriptors back only with the next select, which matters when few are
     * left.
     */
    void giveBack() {
        taken--;
        if (fds.isScarce()) {
            reactor.afterSelect(releaseFds);
        } else {
            releaseFds.run();
        }
    }

    /** The port closes: it waits no more. */
    void forget(Acceptor acceptor) {
        waiting.remove(acceptor);
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
        if (waiting.isEmpty() || !hasRoom()) {
            return;
        }
        Iterator<Acceptor> first = waiting.iterator();
        first.next().resume();
        first.remove();
        scheduleResume();
    }
}
