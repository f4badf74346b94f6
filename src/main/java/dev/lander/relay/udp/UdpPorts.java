package dev.lander.relay.udp;

import dev.lander.metrics.BurstLog;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Service;
import dev.lander.relay.AccessLog;
import dev.lander.relay.OpenList;
import dev.lander.relay.OpenPort;
import dev.lander.relay.PortLife;
import dev.lander.relay.PortOpener;
import dev.lander.relay.PortSettings;
import dev.lander.relay.PortSockets;
import dev.lander.relay.RelaySettings;
import dev.lander.sockets.FdBudget;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Opens UDP relay ports. */
public final class UdpPorts implements PortOpener {
    private final PortSockets sockets;
    private final FdBudget fds;
    private final FlowBudget budget;
    private final UdpContext context;

    /** Null when each port has one socket. */
    private final @Nullable LocalAddresses local;

    /**
     * Opens ports whose sockets this reactor announces.
     *
     * @param accessLog hears of the flows that have finished
     */
    public UdpPorts(Reactor reactor, BurstLog log, AccessLog accessLog, FdBudget fds, RelaySettings settings) {
        this.sockets = new PortSockets(reactor.sockets(), settings.ports());
        this.fds = fds;
        this.budget = new FlowBudget(reactor, log, fds, settings.udp().maxFlows());
        this.context = new UdpContext(
                reactor,
                log,
                accessLog,
                budget,
                new UdpBuffers(reactor),
                settings.udp().timeout());
        PortSettings ports = settings.ports();
        boolean oneByOne = settings.udp().perAddress() && ports.isEveryAddress();
        boolean hasVirtual = !ports.virtualAddresses().isEmpty();
        this.local = oneByOne || hasVirtual ? new LocalAddresses(reactor, ports) : null;
    }

    @Override
    public OpenPort open(Service service, PortLife life) throws IOException {
        return new UdpRelayPort(context, fds, new Intake(context.reactor(), service, life), sockets, local);
    }

    @Override
    public int open() {
        return budget.open();
    }

    @Override
    public int limit() {
        return budget.limit();
    }

    /**
     * Ends the least recently used flows until this many descriptors are free, or will be after the next select.
     *
     * @return whether they are free now
     */
    public boolean makeRoom(int descriptors) {
        return budget.makeRoom(descriptors);
    }

    @Override
    public OpenList list() {
        return budget.list();
    }

    @Override
    public void cut() {
        // Flows end with their ports.
    }
}
