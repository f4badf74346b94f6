package dev.lander.relay.tcp;

import dev.lander.metrics.BurstLog;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.Service;
import dev.lander.relay.AccessLog;
import dev.lander.relay.OpenList;
import dev.lander.relay.OpenPort;
import dev.lander.relay.PortLife;
import dev.lander.relay.PortOpener;
import dev.lander.relay.PortSockets;
import dev.lander.relay.RelaySettings;
import dev.lander.sockets.FdBudget;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** Opens TCP relay ports. */
public final class TcpPorts implements PortOpener {
    private final PortSockets sockets;
    private final ConnectionSlots slots;
    private final Arrivals arrivals;
    private final RelayDeadlines relayDeadlines;
    private final Upstreams upstreams;

    /**
     * The opener of all TCP relay ports, which share their limits.
     *
     * @param accessLog hears of what has finished
     * @param endFlowsFor ends UDP flows until this many descriptors are free; false when they are not yet, or not at
     *     all
     */
    public TcpPorts(
            Reactor reactor,
            BurstLog log,
            AccessLog accessLog,
            FdBudget fds,
            RelaySettings settings,
            IntPredicate endFlowsFor) {
        this(
                reactor,
                log,
                accessLog,
                new ConnectionSlots(reactor, fds, settings.tcp().maxConnections(), endFlowsFor),
                new SpillBuffers(Runtime.getRuntime().maxMemory()),
                settings);
    }

    TcpPorts(
            Reactor reactor,
            BurstLog log,
            AccessLog accessLog,
            ConnectionSlots slots,
            SpillBuffers spills,
            RelaySettings settings) {
        this.sockets = new PortSockets(reactor.sockets(), settings.ports());
        this.slots = slots;
        ReadBuffer buffer = new ReadBuffer(reactor, spills);
        this.arrivals = new Arrivals(
                new ClientLimits(reactor, log, accessLog, slots, settings.tcp().queueTimeout()),
                new Balancers(reactor, settings.tcp().acceptProxy()),
                new AwaitedHellos(reactor, buffer));
        this.relayDeadlines = new RelayDeadlines(
                reactor, settings.tcp().idleTimeout(), settings.tcp().drainTimeout());
        Splices splices = new Splices(
                reactor,
                slots.descriptors(),
                spills,
                log.metrics(),
                settings.tcp().splice());
        RelayContext context = new RelayContext(reactor, log, buffer, splices, relayDeadlines);
        this.upstreams =
                new Upstreams(context, slots.descriptors(), settings.tcp().connectTimeout());
    }

    /** Closes what is no channel, when the loop has ended and so closed those. */
    public void close() {
        upstreams.context().splices().close();
    }

    /**
     * Tries once to connect to a TCP component.
     *
     * @param result told, at once or later, whether the connection stood
     */
    public void probe(Component component, Consumer<Boolean> result) {
        upstreams.probe(component, result);
    }

    @Override
    public OpenPort open(Service service, PortLife life) throws IOException {
        return new TcpRelayPort(service, life, sockets, arrivals, upstreams);
    }

    @Override
    public int open() {
        return slots.taken();
    }

    @Override
    public int limit() {
        return slots.limit();
    }

    @Override
    public OpenList list() {
        return arrivals.limits().open();
    }

    @Override
    public void cut() {
        relayDeadlines.cut();
        upstreams.cut();
        arrivals.cut();
    }
}
