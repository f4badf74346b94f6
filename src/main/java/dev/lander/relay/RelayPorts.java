package dev.lander.relay;

import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.PortBinder;
import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.sockets.FdBudget;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** All relay ports that are bound, and whose they are. */
public final class RelayPorts implements PortBinder {
    /** The ports below are for privileged processes. */
    private static final int PRIVILEGED_PORTS = 1_024;

    private final Reactor reactor;
    private final FdBudget fds;
    private final PortOpener tcp;
    private final PortOpener udp;
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
     * Binds ports by these openers.
     *
     * @param portLinger how long a port stays bound when its last component has left; zero = not at all
     */
    public RelayPorts(Reactor reactor, FdBudget fds, Duration portLinger, PortOpener tcp, PortOpener udp) {
        this.reactor = reactor;
        this.fds = fds;
        this.tcp = tcp;
        this.udp = udp;
        this.lingering = new LingeringPorts(reactor, portLinger, this::close);
    }

    /** TCP relays open now, those still connecting included. */
    public int openRelays() {
        return tcp.open();
    }

    /** TCP relays that may be open at once. */
    public int maxRelays() {
        return tcp.limit();
    }

    /** UDP flows open now. */
    public int openFlows() {
        return udp.open();
    }

    /** UDP flows that may be open at once. */
    public int maxFlows() {
        return udp.limit();
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
            OpenPort port = (relayPort.protocol() == Protocol.TCP ? tcp : udp).open(service);
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
        udp.cut();
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
