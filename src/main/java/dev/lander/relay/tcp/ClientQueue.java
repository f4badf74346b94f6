package dev.lander.relay.tcp;

import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Service;
import dev.lander.relay.RelayEnd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one service that wait, in the order of their coming, until a component has room: all are at their
 * {@code max_connections}. A client whose component can't be reached after all may wait anew, at the end.
 */
final class ClientQueue {
    /** A queue this long is seldom served in the seconds that people wait: those that come then are told at once. */
    static final int MAX_WAITING = 1_024;

    /** Looks for a component for one client, which may wait. */
    interface Visitor {
        Client client();

        /** Whether something is known that the client has sent. */
        boolean hasSent();

        /** Looks for a component that the client has not tried; false when there is none. */
        boolean elect();

        /** Its time to wait is over: it goes to the component that {@link #elect} has found. */
        void onTurn();
    }

    private final Reactor reactor;
    private final RelayContext context;
    private final ConnectionSlots slots;
    private final Service service;
    private final Deadlines timeouts;
    private final Set<WaitingClient> line = new LinkedHashSet<>();
    private final Runnable serveLater = this::serveLater;
    private final Runnable serve = this::serve;

    /** {@link #serve} will run. */
    private boolean scheduled;

    /** Why no client waits any more; null = they may. */
    private @Nullable Counter ended;

    private RelayEnd howEnded = RelayEnd.CUT;

    /** @param timeouts of the length that clients wait */
    ClientQueue(RelayContext context, ConnectionSlots slots, Service service, Deadlines timeouts) {
        this.reactor = context.reactor();
        this.context = context;
        this.slots = slots;
        this.service = service;
        this.timeouts = timeouts;
        service.onRoom(serveLater);
    }

    /** Whether nobody waits, so that a newcomer overtakes nobody. */
    boolean isEmpty() {
        return line.isEmpty();
    }

    /** Lets the client wait, or refuses it: too many wait already, nobody will be served any more, or it is gone. */
    void add(Visitor visitor) {
        Client client = visitor.client();
        if (ended != null) {
            client.refuse(ended, howEnded);
        } else if (line.size() >= MAX_WAITING || !slots.mayPark()) {
            client.refuse(Counter.CLIENT_QUEUE_FULL, RelayEnd.NO_COMPONENT);
        } else {
            try {
                line.add(new WaitingClient(context, this, visitor, timeouts));
            } catch (IOException clientGone) {
                client.refuse(Counter.CLIENT_QUEUE_LEFT, RelayEnd.CLIENT_CLOSED);
                return;
            }
            client.park();
            if (service.hasRoom()) {
                serveLater();
            }
        }
    }

    /** Closes all that wait: nobody will come to serve them. */
    void endAll(Counter cause, RelayEnd end) {
        ended = cause;
        howEnded = end;
        service.onRoom(null);
        slots.forget(serveLater);
        for (WaitingClient waiting : new ArrayList<>(line)) {
            waiting.refuse(cause, end);
        }
    }

    /** The client does not wait any more. */
    void remove(WaitingClient waiting) {
        line.remove(waiting);
        waiting.end();
    }

    /** At the turn's end: connections that are just closing must not be disturbed. */
    private void serveLater() {
        if (!scheduled && !line.isEmpty()) {
            scheduled = true;
            reactor.atTurnEnd(serve);
        }
    }

    private void serve() {
        scheduled = false;
        while (service.hasRoom() && !line.isEmpty() && slots.request(serveLater)) {
            WaitingClient next = firstElected();
            if (next == null) {
                return;
            }
            remove(next);
            next.visitor().client().unpark();
            next.visitor().onTurn();
        }
    }

    /** The first one for which there is a component that it has not tried. */
    private @Nullable WaitingClient firstElected() {
        for (WaitingClient waiting : line) {
            if (waiting.visitor().elect()) {
                return waiting;
            }
        }
        return null;
    }
}
