package dev.lander.relay.tcp;

import dev.lander.listing.Progress;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.registry.Component;
import dev.lander.relay.RelayEnd;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and the upstream one, joined by two directions:
 *
 * <pre>
 *   relaying --- both directions over, no reset ----------------------------> closed
 *      |                                                                        ^
 *      +--- both over, one side reset ---> delivering --- all delivered --------+
 *      |                                   (to the other side, which is then reset)
 *      +--- idle timeout, defect ----------------------------------------------->
 * </pre>
 *
 * <p>A direction is over when its source's end has been passed on, or when its sink is gone.
 */
final class TcpRelay implements DeadlineHandler, RelayAge.Aging {
    private final RelayContext context;
    private final Client client;
    private final Component component;
    private final TcpSide clientSide;
    private final TcpSide upstreamSide;
    private final Direction request;
    private final Direction response;

    /** In the list of what comes next, see {@link RelayDeadlines}. */
    private final Deadline deadline;

    /** Null when it may get as old as it will. */
    private final @Nullable RelayAge age;

    private final long connectNs;

    /** The side that gets the last bytes and then a reset; null while relaying. */
    private @Nullable TcpSide delivering;

    /** That reset happens in a set time; before, only the side's own progress counts. */
    private boolean resetTimed;

    /** Keep-alive is on, or not wanted. */
    private boolean keptAlive;

    /** How it ends, as far as that is known. */
    private @Nullable RelayEnd end;

    private boolean closed;

    /**
     * Joins two connections; {@link #begin} starts it.
     *
     * @param client holds a slot, and leaves when the relay closes
     * @param component has been told that a relay to it is opening
     * @param connectNs what the connect to the component took
     */
    TcpRelay(RelayContext context, Client client, Component component, SocketChannel upstreamChannel, long connectNs) {
        this.context = context;
        this.client = client;
        this.component = component;
        this.clientSide = new TcpSide(this, client.channel());
        this.upstreamSide = new TcpSide(this, upstreamChannel);
        int pace = component.traits().maxBytesPerSecond();
        this.request = new Direction(clientSide, upstreamSide, pace);
        this.response = new Direction(upstreamSide, clientSide, pace);
        this.deadline = context.deadlines().create(this);
        this.age = RelayAge.of(this, component, context, deadline);
        this.keptAlive = !context.deadlines().hasKeepAlive();
        this.connectNs = connectNs;
    }

    /**
     * Begins to relay: what the client has sent already is read at once, unless some of it was read before.
     *
     * @param upstreamKey the key by which the upstream connection was made; null = it stood at once
     * @param lead what goes ahead of all that will be read from the client; may be empty
     */
    void begin(@Nullable SelectionKey upstreamKey, Lead lead) throws IOException {
        client.reach(this);
        touch();
        if (upstreamKey != null) {
            upstreamSide.takeOver(upstreamKey);
        }
        if (!request.lead(lead)) {
            request.onReadable();
        }
        clientSide.announce(clientOps());
        if (upstreamKey == null) {
            upstreamSide.announce(upstreamOps());
        }
        settle();
    }

    void onReady(TcpSide side, int readyOps) {
        touch();
        if (delivering != null) {
            deliver(delivering, readyOps);
            return;
        }
        Direction from = side == clientSide ? request : response;
        Direction to = side == clientSide ? response : request;
        if ((readyOps & SelectionKey.OP_WRITE) != 0) {
            to.onWritable();
        }
        if ((readyOps & SelectionKey.OP_READ) != 0) {
            from.onReadable();
        }
        settle();
    }

    /** Closes both sides at once, for this reason; closing again does nothing. */
    @Override
    public void close(RelayEnd why) {
        end = why;
        close();
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        deadline.stop();
        RelayAge.stop(age);
        clientSide.close();
        upstreamSide.close();
        request.abandon();
        response.abandon();
        try {
            component.onRelayClosed();
        } finally {
            RelayEnd why = end == null ? RelayEnd.FAULT : end;
            client.leave(component, connectNs, request.total(), response.total(), why);
        }
    }

    @Override
    public Component component() {
        return component;
    }

    @Override
    public Progress progress() {
        return delivering == null
                ? Progress.relaying(request, response)
                : Progress.resetting(delivering == clientSide, request, response);
    }

    RelayContext context() {
        return context;
    }

    /** What time does to it, see {@link RelayDeadlines}. */
    @Override
    public void onDeadline(Deadline due) {
        RelayDeadlines deadlines = context.deadlines();
        if (deadlines.isCutting()) {
            close(RelayEnd.CUT);
        } else if (resetTimed) {
            reset();
        } else if (request.isPaused() || response.isPaused()) {
            touch(); // Lander itself holds back what may have come
        } else if (!keptAlive) {
            keptAlive = true;
            clientSide.enableKeepAlive();
            upstreamSide.enableKeepAlive();
            deadlines.onKeptAlive(deadline);
        } else {
            context.log().count(Counter.RELAY_IDLE, this);
            close(RelayEnd.IDLE);
        }
    }

    @Override
    public void onFault(Exception defect) {
        close(RelayEnd.FAULT);
    }

    private void touch() {
        if (!resetTimed) {
            context.deadlines().onActivity(deadline, keptAlive);
        }
    }

    /** Resets the side that has got its last bytes. */
    private void reset() {
        if (delivering != null) {
            delivering.reset();
        }
        close();
    }

    /** Whether both sides are closed as soon as this direction is over as well: then its end need not be passed on. */
    boolean endsWith(Direction last) {
        Direction other = last == request ? response : request;
        return other.isOver() && !clientSide.isReset() && !upstreamSide.isReset();
    }

    /** As in the log. */
    @Override
    public String toString() {
        return client + " component=" + component.label();
    }

    /** Draws the conclusions from both directions' state: what to wait for next, or how to end. */
    void settle() {
        component.tally().countBytesIn(request.takeCount());
        component.tally().countBytesOut(response.takeCount());
        if (end == null) {
            if (request.hasEnded()) {
                end = RelayEnd.CLIENT_CLOSED;
            } else if (response.hasEnded()) {
                end = RelayEnd.COMPONENT_CLOSED;
            }
        }
        if (clientSide.isReset()) {
            end = RelayEnd.CLIENT_RESET;
            response.abandon();
        }
        if (upstreamSide.isReset()) {
            end = RelayEnd.COMPONENT_RESET;
            request.abandon();
        }
        if (request.isOver() && response.isOver()) {
            end();
        } else {
            clientSide.interest(clientOps());
            upstreamSide.interest(upstreamOps());
        }
    }

    private int clientOps() {
        return TcpSide.ops(request, response);
    }

    private int upstreamOps() {
        return TcpSide.ops(response, request);
    }

    /** Both directions are over. A reset by one side is passed on to the other, once it has got all its bytes. */
    private void end() {
        boolean oneReset = clientSide.isReset() != upstreamSide.isReset();
        if (!oneReset) {
            close();
            return;
        }
        TcpSide other = clientSide.isReset() ? upstreamSide : clientSide;
        (other == clientSide ? upstreamSide : clientSide).close();
        try {
            delivering = other;
            if (other.isOutputShut()) {
                awaitEnd(other);
            } else {
                other.awaitDelivery();
            }
        } catch (IOException otherGone) {
            close();
        }
    }

    /**
     * The side has had an orderly end, and counts as writable whatever it has still to get. What it sends meanwhile is
     * read and dropped, so that its own end is seen.
     */
    private void awaitEnd(TcpSide side) {
        side.interest(SelectionKey.OP_READ);
        resetSoon(side.mayBeBehind());
    }

    private void resetSoon(boolean muchToRead) {
        resetTimed = true;
        context.deadlines().onResetAhead(deadline, muchToRead);
    }

    private void deliver(TcpSide side, int readyOps) {
        if ((readyOps & SelectionKey.OP_READ) != 0) {
            if (!side.discardInput(context.buffer().room())) {
                close(); // it has got all, or never will
            }
        } else if (side.mayBeBehind()) {
            side.interest(0); // its buffer may still be too full for the very last bytes
            resetSoon(false);
        } else {
            reset();
        }
    }
}
