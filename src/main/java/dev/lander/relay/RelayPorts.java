package dev.lander.relay;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.PortBinder;
import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.sockets.FdBudget;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All relay ports that are bound, and where each is in its life ({@link PortPhase}). */
public final class RelayPorts implements PortBinder {
    /** More don't linger: each holds a descriptor, and a component may name any port. */
    static final int MAX_LINGERING = 1_024;

    /** The ports below are for privileged processes. */
    private static final int PRIVILEGED_PORTS = 1_024;

    private final Reactor reactor;
    private final FdBudget fds;
    private final PortOpener tcp;
    private final PortOpener udp;

    /** Of the length that a port stays bound without components; null = it does not. */
    private final @Nullable Deadlines lingerEnds;

    /** All that are not closed. */
    private final Map<RelayPort, BoundPort> ports = new LinkedHashMap<>();

    /** Those whose last component has left in this turn; some may serve again since. */
    private final List<BoundPort> released = new ArrayList<>();

    private int lingering;

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
        this.lingerEnds = portLinger.isZero() ? null : reactor.deadlines(portLinger);
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
        RelayPort relayPort = service.relayPort().bare();
        BoundPort known = ports.get(relayPort);
        if (known != null) {
            known.add(service);
            return Optional.empty();
        }
        try {
            BoundPort bound = new BoundPort(service, relayPort.protocol() == Protocol.TCP ? tcp : udp);
            ports.put(relayPort, bound);
            fds.hold(bound.port.descriptors());
            return Optional.empty();
        } catch (IOException refused) {
            return Optional.of("relay port " + relayPort + ": " + refused.getMessage() + hint(relayPort, refused));
        }
    }

    @Override
    public boolean isLingering(RelayPort relayPort) {
        BoundPort known = ports.get(relayPort);
        return known != null && known.phase == PortPhase.LINGERING;
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
        BoundPort bound = ports.get(service.relayPort().bare());
        if (bound == null) {
            return;
        }
        bound.services--;
        if (bound.services > 0) {
            bound.port.remove(service);
            return;
        }
        if (bound.phase == PortPhase.ENDING) {
            bound.close();
            return;
        }
        bound.port.release();
        bound.phase = PortPhase.RELEASED;
        if (released.isEmpty()) {
            reactor.atTurnEnd(this::endReleased);
        }
        released.add(bound);
    }

    @Override
    public void onTerms(Service service) {
        BoundPort bound = ports.get(service.relayPort().bare());
        if (bound != null) {
            bound.port.onTerms(service);
        }
    }

    @Override
    public void onLeft(Component component) {
        BoundPort bound = ports.get(component.service().relayPort().bare());
        if (bound != null) {
            bound.port.onLeft(component);
        }
    }

    /**
     * Lander ends: the TCP ports close, once they have accepted the clients that wait; the UDP ports pass answers only.
     */
    public void stopRequests() {
        for (BoundPort bound : new ArrayList<>(ports.values())) {
            if (bound.phase == PortPhase.SERVING && bound.port.stopRequests()) {
                bound.phase = PortPhase.ENDING;
            } else {
                bound.close();
            }
        }
    }

    /** Closes the ports that still pass answers. */
    public void closeAll() {
        new ArrayList<>(ports.values()).forEach(BoundPort::close);
    }

    /** Ends what is still open. */
    public void cut() {
        tcp.cut();
        udp.cut();
        closeAll();
    }

    private void endReleased() {
        for (BoundPort bound : released) {
            if (bound.phase == PortPhase.RELEASED) {
                bound.lingerOrClose();
            }
        }
        released.clear();
    }

    /** A port that is bound, and its life. */
    private final class BoundPort implements PortLife, DeadlineHandler {
        private final RelayPort relayPort;
        private final OpenPort port;

        private PortPhase phase = PortPhase.SERVING;

        /** Those that have the port, or share it. */
        private int services = 1;

        /** Null before it first lingers. */
        private @Nullable Deadline lingerEnd;

        BoundPort(Service service, PortOpener opener) throws IOException {
            this.relayPort = service.relayPort().bare();
            this.port = opener.open(service, this);
        }

        @Override
        public PortPhase phase() {
            return phase;
        }

        /** One more service has the port, or the first after it was released. */
        void add(Service service) {
            services++;
            if (services > 1) {
                port.add(service);
                return;
            }
            stopLingering();
            port.takeBack(service);
            phase = PortPhase.SERVING;
        }

        void lingerOrClose() {
            if (lingerEnds == null || lingering >= MAX_LINGERING) {
                close();
                return;
            }
            port.linger();
            phase = PortPhase.LINGERING;
            lingering++;
            lingerEnd = lingerEnds.create(this);
            lingerEnd.start();
        }

        void close() {
            stopLingering();
            fds.release(port.descriptors());
            port.close();
            phase = PortPhase.CLOSED;
            ports.remove(relayPort);
        }

        @Override
        public void onDeadline(Deadline due) {
            close();
        }

        @Override
        public void onFault(Exception defect) {
            phase = PortPhase.CLOSED;
            ports.remove(relayPort);
        }

        /** As in the log. */
        @Override
        public String toString() {
            return "service=" + relayPort + " phase=" + phase;
        }

        private void stopLingering() {
            if (phase == PortPhase.LINGERING) {
                lingering--;
            }
            if (lingerEnd != null) {
                lingerEnd.stop();
                lingerEnd = null;
            }
        }
    }
}
