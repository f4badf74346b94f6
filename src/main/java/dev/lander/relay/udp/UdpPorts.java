package dev.lander.relay.udp;

import dev.lander.metrics.BurstLog;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Service;
import dev.lander.relay.AccessLog;
import dev.lander.relay.OpenPort;
import dev.lander.relay.PortLife;
import dev.lander.relay.PortOpener;
import dev.lander.relay.RelaySettings;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.FdBudget;
import java.io.IOException;

/** Opens UDP relay ports. */
public final class UdpPorts implements PortOpener {
    private final BindAddress bindAddress;
    private final UdpRelays relays;

    /**
     * Without any port yet.
     *
     * @param accessLog hears of what has finished
     */
    public UdpPorts(Reactor reactor, BurstLog log, AccessLog accessLog, FdBudget fds, RelaySettings settings) {
        this.bindAddress = settings.bindAddress();
        this.relays = new UdpRelays(reactor, log, accessLog, fds, settings);
    }

    @Override
    public OpenPort open(Service service, PortLife life) throws IOException {
        return new UdpRelayPort(relays, service, life, bindAddress);
    }

    @Override
    public int open() {
        return relays.openFlows();
    }

    @Override
    public int limit() {
        return relays.maxFlows();
    }

    /** Ends the least recently used flow, to free its descriptor; false when there is none. */
    public boolean endOldestFlow() {
        return relays.endOldestFlow();
    }

    @Override
    public void cut() {
        // Flows end with their ports.
    }
}
