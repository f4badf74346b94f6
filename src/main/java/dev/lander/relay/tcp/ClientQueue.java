package dev.lander.relay.tcp;

import dev.lander.metrics.Counter;
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
    /**
     * A line this long is seldom served in the seconds that people wait, and whoever comes then is better off being
     * told at once.
     */
    static final int MAX_WAITING = 1_024;

    private final TcpRelays relays;
    private final Service service;
    private final Set<WaitingClient> line = new LinkedHashSet<>();
    private final Runnable serveLater = this::serveLater;
    private boolean scheduled;

    /** Why nobody waits any more; null = they may. */
    private @Nullable Counter ended;

    private RelayEnd howEnded = RelayEnd.CUT;

    /** Nobody waits yet. */
    ClientQueue(TcpRelays relays, Service service) {
        this.relays = relays;
        this.service = service;
        service.onRoom(serveLater);
    }

    /** Whether a newcomer would overtake somebody. */
    boolean isEmpty() {
        return line.isEmpty();
    }

    /** Lets the client wait, or refuses it: too many wait already, nobody will be served any more, or it is gone. */
    void add(UpstreamConnect connect) {
        if (ended != null) {
            connect.refuse(ended, howEnded);
        } else if (line.size() >= MAX_WAITING || !relays.slots().mayPark()) {
            connect.refuse(Counter.CLIENT_QUEUE_FULL, RelayEnd.NO_COMPONENT);
        } else {
            try {
                line.add(new WaitingClient(relays, this, connect));
            } catch (IOException clientGone) {
                connect.refuse(Counter.CLIENT_QUEUE_LEFT, RelayEnd.CLIENT_CLOSED);
                return;
            }
            relays.slots().park();
            if (service.hasRoom()) {
                serveLater();
            }
        }
    }

    /** Closes all who wait: nobody will come to serve them. */
    void endAll(Counter cause, RelayEnd end) {
        ended = cause;
        howEnded = end;
        service.onRoom(null);
        relays.slots().forget(serveLater);
        for (WaitingClient client : new ArrayList<>(line)) {
            refuse(client, cause, end);
        }
    }

    /** The client has waited in vain, or does not wait any more. */
    void refuse(WaitingClient client, Counter cause, RelayEnd end) {
        takeOut(client);
        client.connect().refuse(cause, end);
    }

    /** At the turn's end: whoever is just closing must not be disturbed. */
    private void serveLater() {
        if (!scheduled && !line.isEmpty()) {
            scheduled = true;
            relays.reactor().atTurnEnd(this::serve);
        }
    }

    private void serve() {
        scheduled = false;
        while (service.hasRoom() && !line.isEmpty() && relays.slots().hasRoomOr(serveLater)) {
            WaitingClient next = firstElected();
            if (next == null) {
                return;
            }
            takeOut(next);
            next.connect().tryElected();
        }
    }

    /** The first for whom there is a component that it has not tried. */
    private @Nullable WaitingClient firstElected() {
        for (WaitingClient client : line) {
            if (client.connect().elect()) {
                return client;
            }
        }
        return null;
    }

    private void takeOut(WaitingClient client) {
        line.remove(client);
        client.end();
        relays.slots().unpark();
    }
}
