package dev.lander.relay.tcp;

import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadlines;
import dev.lander.registry.Service;
import dev.lander.relay.RelayEnd;
import dev.lander.relay.TokenBucket;
import org.jspecify.annotations.Nullable;

/** A service at a TCP relay port: lets clients in, and sends each on its way to a component. */
final class TcpService {
    private final Service service;
    private final ClientLimits limits;
    private final Upstreams upstreams;

    /** Null when clients don't wait. */
    private final @Nullable ClientQueue queue;

    /** Null when the service has no limit of new clients. */
    private @Nullable TokenBucket newClients;

    TcpService(Service service, ClientLimits limits, Upstreams upstreams) {
        this.service = service;
        this.limits = limits;
        this.upstreams = upstreams;
        Deadlines timeouts = limits.queueTimeouts();
        this.queue = timeouts == null ? null : new ClientQueue(upstreams.context(), limits.slots(), service, timeouts);
        this.newClients = TokenBucket.of(service, limits.nowNs());
    }

    Service service() {
        return service;
    }

    /** The service's terms are others: its clients count for a limit that was not there when they came. */
    void onTerms() {
        newClients = TokenBucket.of(service, limits.nowNs());
        if (service.maxPerClient() != Service.UNLIMITED) {
            limits.open().forEach(entry -> ((Client) entry).recount(service));
        }
    }

    /** Lets the client in if its limits allow it, or closes it. */
    boolean letIn(Client client) {
        if (!service.mayBeClient(client.address().getAddress())) {
            client.turnAway(Counter.CLIENT_REFUSED);
        } else if (!client.takePlace(service)) {
            client.turnAway(Counter.CLIENT_PER_CLIENT);
        } else if (newClients != null && !newClients.take(limits.nowNs())) {
            client.turnAway(Counter.CLIENT_RATE);
        } else {
            return true;
        }
        return false;
    }

    /**
     * Finds a component for a client that was let in.
     *
     * @param introduction null = nothing is known of it
     */
    void connect(Client client, @Nullable Introduction introduction) {
        upstreams.connect(client, service, queue, introduction);
    }

    /** Closes its clients that wait: nobody will come to serve them. */
    void end(Counter cause, RelayEnd end) {
        if (queue != null) {
            queue.endAll(cause, end);
        }
    }
}
