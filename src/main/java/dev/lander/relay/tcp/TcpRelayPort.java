package dev.lander.relay.tcp;

import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Acceptor;
import dev.lander.registry.Component;
import dev.lander.registry.Preamble;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Route;
import dev.lander.registry.Routes;
import dev.lander.registry.Service;
import dev.lander.relay.OpenPort;
import dev.lander.relay.PortLife;
import dev.lander.relay.PortPhase;
import dev.lander.relay.PortSockets;
import dev.lander.relay.RelayEnd;
import dev.lander.relay.proxy.ProxiedClient;
import dev.lander.relay.tls.ClientHello;
import dev.lander.sockets.Channels;
import dev.lander.text.ShownText;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bound TCP relay port: accepts clients, and hands each to its service. Where several services share the port, that
 * is the one that the client's first message asks for.
 */
final class TcpRelayPort implements OpenPort, Acceptor.Host, ProxyHeaderReader.Listener, ClientHelloReader.Listener {
    private static final int SHOWN_CHARACTERS = 64;

    private final RelayPort relayPort;
    private final Arrivals arrivals;
    private final ClientLimits limits;
    private final Upstreams upstreams;
    private final BurstLog log;
    private final Listeners listeners;
    private final Runnable resume;
    private final PortLife life;
    private final Routes<TcpService> services = new Routes<>();

    /** Has all clients; null when their first messages decide. */
    private @Nullable TcpService only;

    /** Whether clients may ask for TLS as PostgreSQL's do: some service expects it. */
    private boolean postgres;

    /**
     * Binds the port.
     *
     * @throws IOException when the system refuses, with its reason
     */
    TcpRelayPort(Service service, PortLife life, PortSockets sockets, Arrivals arrivals, Upstreams upstreams)
            throws IOException {
        this.life = life;
        this.limits = arrivals.limits();
        this.arrivals = arrivals;
        this.upstreams = upstreams;
        this.log = upstreams.context().log();
        this.relayPort = service.relayPort().bare();
        this.listeners = new Listeners(upstreams.context(), sockets, relayPort.number(), this);
        this.resume = listeners::resume;
        add(service);
    }

    @Override
    public void add(Service service) {
        services.put(service.relayPort().route(), new TcpService(service, limits, upstreams));
        onServices();
    }

    private void onServices() {
        only = services.needHello() ? null : services.get(Route.EVERYBODY);
        postgres = services.values().stream().anyMatch(one -> one.service().preamble() == Preamble.POSTGRES);
    }

    @Override
    public void remove(Service service) {
        remove(service, Counter.CLIENT_NO_COMPONENT, RelayEnd.NO_COMPONENT);
    }

    private void remove(Service service, Counter cause, RelayEnd end) {
        Route route = service.relayPort().route();
        TcpService gone = services.get(route);
        if (gone != null) {
            gone.end(cause, end);
            services.remove(route);
            onServices();
        }
    }

    @Override
    public void onTerms(Service service) {
        TcpService one = services.get(service.relayPort().route());
        if (one != null) {
            one.onTerms();
            onServices();
        }
    }

    @Override
    public int descriptors() {
        return listeners.descriptors();
    }

    @Override
    public void release() {
        release(Counter.CLIENT_NO_COMPONENT, RelayEnd.NO_COMPONENT);
    }

    private void release(Counter cause, RelayEnd end) {
        listeners.acceptWaiting();
        services.values().forEach(service -> service.end(cause, end));
    }

    @Override
    public void linger() {
        limits.slots().forget(resume);
        listeners.resume();
    }

    @Override
    public void takeBack(Service successor) {
        services.clear();
        add(successor);
    }

    @Override
    public boolean stopRequests() {
        release(Counter.CLIENT_ENDING, RelayEnd.CUT);
        return false;
    }

    @Override
    public void close() {
        limits.slots().forget(resume);
        listeners.close();
    }

    @Override
    public void onLeft(Component component) {
        upstreams.onLeft(component);
    }

    @Override
    public boolean makeRoom(Acceptor asking) {
        if (life.phase() != PortPhase.SERVING) {
            return isLingering();
        }
        boolean hasRoom = limits.slots().request(resume);
        if (!hasRoom) {
            log.count(Counter.RELAYS_FULL, limits.slots());
            if (limits.slots().isFull()) {
                listeners.pauseFull();
            } else {
                listeners.pause();
            }
        }
        return hasRoom;
    }

    @Override
    public void onAccepted(SocketChannel connection) {
        Client client;
        try {
            client = limits.enter(relayPort, connection);
        } catch (IOException gone) {
            Channels.close(connection);
            return;
        }
        TcpService service = only;
        try {
            if (isLingering()) {
                client.reset(Counter.CLIENT_LINGERING);
            } else if (arrivals.balancers().isOne(client)) {
                prepare(connection);
                arrivals.balancers().readHeader(client, this);
            } else if (service == null) {
                prepare(connection);
                arrivals.hellos().read(client, null, postgres, this);
            } else if (service.letIn(client)) {
                prepare(connection);
                service.connect(client, null);
            }
        } catch (IOException gone) {
            client.drop();
        } catch (RuntimeException defect) {
            upstreams.context().reactor().contain(client, defect);
        }
    }

    private void prepare(SocketChannel connection) throws IOException {
        connection.configureBlocking(false);
        upstreams.context().reactor().sockets().keepUrgentDataInLine(connection);
    }

    @Override
    public void onHeader(Client client, ProxiedClient told) {
        client.introduce(told.address());
        TcpService service = only;
        if (isLingering()) {
            client.reset(Counter.CLIENT_LINGERING);
        } else if (service == null) {
            arrivals.hellos().read(client, told, postgres, this);
        } else if (service.letIn(client)) {
            service.connect(client, Introduction.of(told));
        }
    }

    @Override
    public void onHello(Client client, Introduction introduction) {
        ClientHello hello = introduction.hello();
        TcpService service =
                hello == null ? services.find(null, List.of()) : services.find(hello.serverName(), hello.protocols());
        if (isLingering()) {
            client.reset(Counter.CLIENT_LINGERING);
        } else if (service != null) {
            client.askFor(service.service());
            if (service.letIn(client)) {
                service.connect(client, introduction);
            }
        } else if (hello == null) {
            client.refuse(Counter.CLIENT_HELLO_MISSING, RelayEnd.CLIENT_HELLO);
        } else {
            client.refuse(Counter.CLIENT_NO_SERVICE, RelayEnd.NO_SERVICE, new NoService(client, hello));
        }
    }

    @Override
    public void onAcceptFailed(IOException fault) {
        log.count(Counter.ACCEPT_FAILED, new FailedAccept(this, fault));
    }

    /** Clients that come are reset: no component has come back yet. */
    private boolean isLingering() {
        return life.phase() == PortPhase.LINGERING;
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "service=" + relayPort;
    }

    /** Made into text only where it is logged. */
    private record NoService(Client client, ClientHello hello) {
        @Override
        public String toString() {
            String name = hello.serverName();
            return client + " server_name=" + (name == null ? "-" : ShownText.quoted(name, SHOWN_CHARACTERS));
        }
    }

    /** Made into text only where it is logged. */
    private record FailedAccept(TcpRelayPort port, IOException fault) {
        @Override
        public String toString() {
            return port + " why=" + ShownText.quoted(fault.getMessage());
        }
    }
}
