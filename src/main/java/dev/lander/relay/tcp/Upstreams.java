package dev.lander.relay.tcp;

import dev.lander.reactor.Deadlines;
import dev.lander.registry.Component;
import dev.lander.registry.Service;
import dev.lander.sockets.FdBudget;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How upstream connections are made, and what their failures lead to. */
final class Upstreams {
    private final RelayContext context;
    private final TcpProbes probes;

    /** Of clients' dials only, so that a cut can end them. */
    private final Deadlines timeouts;

    /** @param connectTimeout for each try */
    Upstreams(RelayContext context, FdBudget fds, Duration connectTimeout) {
        this.context = context;
        this.probes = new TcpProbes(context.reactor(), fds, connectTimeout);
        this.timeouts = context.reactor().ownDeadlines(connectTimeout);
    }

    RelayContext context() {
        return context;
    }

    /**
     * Finds the client a component.
     *
     * @param queue where it waits while all are full; null = it does not wait
     * @param introduction what is known of the client; null = nothing
     */
    void connect(Client client, Service service, @Nullable ClientQueue queue, @Nullable Introduction introduction) {
        new UpstreamConnect(this, client, service, queue, introduction).begin();
    }

    /** A try to connect, not yet begun. */
    Dial dial(Component component, Dial.Caller caller) {
        return new Dial(context.reactor(), timeouts, component, caller);
    }

    /** What asks a component of PostgreSQL's for TLS, not yet begun. */
    PostgresGreeting greeting(Dial connected, PostgresGreeting.Caller caller) {
        return new PostgresGreeting(context, timeouts, connected, caller);
    }

    /** Tries once to connect to the component; the result is told at once or later. */
    void probe(Component component, Consumer<Boolean> result) {
        probes.knock(component, result);
    }

    /** A try has failed by the component's doing. */
    void onConnectFailed(Component component) {
        probes.onConnectFailed(component);
    }

    /** The component has left its service. */
    void onLeft(Component component) {
        probes.onLeft(component);
    }

    /** Whether Lander ends, and so nobody is tried any more. */
    boolean isCutting() {
        return context.deadlines().isCutting();
    }

    /** Ends all tries; only once the context's deadlines are cutting. */
    void cut() {
        while (timeouts.expireFirst()) {
            // Each ends its client.
        }
    }
}
