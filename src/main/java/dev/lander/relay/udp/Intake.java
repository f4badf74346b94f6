package dev.lander.relay.udp;

import dev.lander.metrics.Counter;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.Service;
import dev.lander.relay.PortLife;
import dev.lander.relay.PortPhase;
import dev.lander.relay.TokenBucket;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all sockets of a UDP relay port share: whose it is, whether it takes datagrams, and what is known of components.
 */
final class Intake {
    private final Reactor reactor;
    private final Map<Component, UdpReachability> reachabilities = new HashMap<>();
    private final PortLife life;
    private Service service;

    /** Null when the service has no limit of new choices. */
    private @Nullable TokenBucket choices;

    /** Null when the service has no limit of flows. */
    private @Nullable ClientFlows clientFlows;

    Intake(Reactor reactor, Service service, PortLife life) {
        this.reactor = reactor;
        this.service = service;
        this.life = life;
        this.choices = TokenBucket.of(service, reactor.nowNs());
        this.clientFlows = ClientFlows.of(service);
    }

    Service service() {
        return service;
    }

    void takeBack(Service successor) {
        service = successor;
        onTerms();
    }

    /** The service's limits may be others: flows that are open are to be counted anew. */
    void onTerms() {
        choices = TokenBucket.of(service, reactor.nowNs());
        clientFlows = ClientFlows.of(service);
    }

    boolean isEnding() {
        return life.phase() == PortPhase.ENDING;
    }

    /** Whether its sockets read at all: not between a release and what becomes of it, so that what waits is kept. */
    boolean reads() {
        return life.phase() != PortPhase.RELEASED;
    }

    /** Why a datagram that has come is dropped; null = it is not. */
    @Nullable
    Counter whyDropped() {
        return switch (life.phase()) {
            case ENDING -> Counter.DATAGRAM_ENDING;
            case LINGERING -> Counter.DATAGRAM_LINGERING;
            default -> null;
        };
    }

    /** Whether the service limits how often a component is chosen. */
    boolean limitsChoices() {
        return choices != null;
    }

    /** Takes one of the choices that the service's limit allows; false when there is none now. */
    boolean takeChoice() {
        return choices == null || choices.take(reactor.nowNs());
    }

    /** Whether the client has a flow, or may have one more. */
    boolean mayHaveFlow(InetSocketAddress client) {
        return clientFlows == null || clientFlows.admits(client);
    }

    /** Counts the open flows of each client; null = the service has no limit of them. */
    @Nullable
    ClientFlows clientFlows() {
        return clientFlows;
    }

    /** What all sockets together know of the component. */
    UdpReachability reachabilityOf(Component component) {
        UdpReachability known = reachabilities.get(component);
        if (known == null) {
            known = new UdpReachability(reactor, component);
            reachabilities.put(component, known);
        }
        return known;
    }

    /** The component has left. */
    void forget(Component component) {
        UdpReachability known = reachabilities.remove(component);
        if (known != null) {
            known.stop();
        }
    }

    void forgetAll() {
        reachabilities.values().forEach(UdpReachability::stop);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "service=" + service.relayPort();
    }
}
