package dev.lander.relay;

import dev.lander.metrics.BurstLog;
import dev.lander.reactor.BindAddress;
import dev.lander.reactor.FdBudget;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.PortBinder;
import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All relay ports that are bound, and what goes through them. */
public final class Relays implements PortBinder {
    /** The ports below are for privileged processes. */
    private static final int PRIVILEGED_PORTS = 1_024;

    private final Reactor reactor;
    private final FdBudget fds;
    private final RelaySettings settings;
    private final BindAddress bindAddress;
    private final TcpRelays tcp;
    private final UdpRelays udp;
    private final ConnectionSlots slots;
    private final Map<RelayPort, OpenPort> open = new HashMap<>();

    /**
     * Ports whose last component has left in this turn: at its end they close or begin to linger, unless a register
     * wants them back.
     */
    private final Map<RelayPort, OpenPort> released = new HashMap<>();

    private final LingeringPorts lingering;

    /** Lander ends: no port lingers. */
    private boolean ending;

    /**
     * Without any port yet.
     *
     * @param accessLog hears of what has finished; null = nobody does
     */
    public Relays(Reactor reactor, BurstLog log, @Nullable AccessLog accessLog, FdBudget fds, RelaySettings settings) {
        this.reactor = reactor;
        this.fds = fds;
        this.settings = settings;
        this.bindAddress = settings.bindAddress();
        this.lingering = new LingeringPorts(reactor, settings.portLinger(), this::close);
        this.udp = new UdpRelays(reactor, log, accessLog, fds, settings);
        this.slots = new ConnectionSlots(reactor, log, fds, settings.maxConnections(), udp::endOldestFlow);
        SpillBuffers spills = new SpillBuffers(Runtime.getRuntime().maxMemory());
        this.tcp = new TcpRelays(reactor, log, accessLog, slots, spills, settings);
    }

    /** What was chosen about relaying, its limits for instance. */
    public RelaySettings settings() {
        return settings;
    }

    /** TCP relays open now, those still connecting included. */
    public int openRelays() {
        return slots.taken();
    }

    /** UDP flows open now. */
    public int openFlows() {
        return udp.openFlows();
    }

    @Override
    public Optional<String> bind(Service service) {
        RelayPort relayPort = service.relayPort();
        OpenPort taken = released.containsKey(relayPort) ? released.remove(relayPort) : lingering.take(relayPort);
        if (taken != null) {
            taken.takeBack(service);
            open.put(relayPort, taken);
            return Optional.empty();
        }
        try {
            boolean isTcp = relayPort.protocol() == Protocol.TCP;
            OpenPort port =
                    isTcp ? new TcpRelayPort(tcp, service, bindAddress) : new UdpRelayPort(udp, service, bindAddress);
            open.put(relayPort, port);
            fds.hold(port.descriptors());
            return Optional.empty();
        } catch (IOException refused) {
            return Optional.of("relay port " + relayPort + ": " + refused.getMessage() + hint(relayPort, refused));
        }
    }

    @Override
    public boolean isLingering(RelayPort relayPort) {
        return lingering.holds(relayPort);
    }

    /** What to do about a refusal that is not plain by itself. */
    private static String hint(RelayPort relayPort, IOException refused) {
        boolean denied = String.valueOf(refused.getMessage()).contains("denied");
        return denied && relayPort.number() < PRIVILEGED_PORTS
                ? " (ports below " + PRIVILEGED_PORTS + " need root or CAP_NET_BIND_SERVICE)"
                : "";
    }

    /**
     * {@inheritDoc}
     *
     * <p>The socket closes at the turn's end only: closed channels keep their port until the next select, so a bind in
     * this turn could not succeed, and takes the same socket back instead.
     */
    @Override
    public void release(Service service) {
        OpenPort port = open.remove(service.relayPort());
        if (port == null) {
            return;
        }
        port.release();
        if (released.isEmpty()) {
            reactor.atTurnEnd(this::closeReleased);
        }
        released.put(service.relayPort(), port);
    }

    @Override
    public void onLeft(Component component) {
        RelayPort relayPort = component.service().relayPort();
        OpenPort port = open.containsKey(relayPort) ? open.get(relayPort) : released.get(relayPort);
        if (port != null) {
            port.onLeft(component);
        }
    }

    /** Lander ends: the TCP ports close, once they have accepted who waits; the UDP ports pass answers only. */
    public void stopRequests() {
        ending = true;
        lingering.closeAll();
        open.values().forEach(OpenPort::stopRequests);
    }

    /** Lander has ended: what is still open is cut. */
    public void cut() {
        tcp.cut();
        open.values().forEach(OpenPort::close);
    }

    private void closeReleased() {
        released.forEach((relayPort, port) -> {
            if (ending) {
                close(port);
            } else {
                lingering.add(relayPort, port);
            }
        });
        released.clear();
    }

    private void close(OpenPort port) {
        port.close();
        fds.release(port.descriptors());
    }
}
