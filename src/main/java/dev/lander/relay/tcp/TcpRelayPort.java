package dev.lander.relay.tcp;

import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Acceptor;
import dev.lander.reactor.Deadlines;
import dev.lander.registry.Component;
import dev.lander.registry.Service;
import dev.lander.relay.OpenPort;
import dev.lander.relay.PortLife;
import dev.lander.relay.PortPhase;
import dev.lander.relay.RelayEnd;
import dev.lander.relay.TokenBucket;
import dev.lander.relay.proxy.ProxiedClient;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.Channels;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A bound TCP relay port: accepts clients, and sends each that it lets in on its way to a component. */
final class TcpRelayPort implements OpenPort, Acceptor.Host, ProxyHeaderReader.Listener {
    private final ClientLimits limits;
    private final Balancers balancers;
    private final Upstreams upstreams;
    private final BurstLog log;
    private final Acceptor acceptor;
    private final Runnable resume;
    private final PortLife life;
    private Service service;

    /** Null when clients don't wait. */
    private @Nullable ClientQueue queue;

    /** Null when the service has no limit of new clients. */
    private @Nullable TokenBucket newClients;

    /**
     * Binds the port.
     *
     * @throws IOException when the system refuses, with its reason
     */
    TcpRelayPort(
            Service service,
            PortLife life,
            BindAddress bindAddress,
            ClientLimits limits,
            Balancers balancers,
            Upstreams upstreams)
            throws IOException {
        this.life = life;
        this.limits = limits;
        this.balancers = balancers;
        this.upstreams = upstreams;
        this.log = upstreams.context().log();
        this.service = service;
        ServerSocketChannel listener = upstreams.context().reactor().sockets().openListener(bindAddress.host());
        try {
            listener.configureBlocking(false);
            listener.bind(bindAddress.withPort(service.relayPort().number()), Acceptor.BACKLOG);
            this.acceptor = new Acceptor(upstreams.context().reactor(), listener, this);
            this.resume = acceptor::resume;
        } catch (IOException refused) {
            Channels.close(listener);
            throw refused;
        }
        serve(service);
    }

    private void serve(Service next) {
        service = next;
        Deadlines timeouts = limits.queueTimeouts();
        queue = timeouts == null ? null : new ClientQueue(upstreams.context(), limits.slots(), next, timeouts);
        newClients = TokenBucket.of(next, limits.nowNs());
    }

    @Override
    public int descriptors() {
        return 1;
    }

    @Override
    public void release() {
        release(Counter.CLIENT_NO_COMPONENT, RelayEnd.NO_COMPONENT);
    }

    private void release(Counter cause, RelayEnd end) {
        acceptor.acceptWaiting();
        if (queue != null) {
            queue.endAll(cause, end);
        }
    }

    @Override
    public void linger() {
        limits.slots().forget(resume);
        acceptor.resume();
    }

    @Override
    public void takeBack(Service successor) {
        serve(successor);
    }

    @Override
    public boolean stopRequests() {
        release(Counter.CLIENT_ENDING, RelayEnd.CUT);
        return false;
    }

    @Override
    public void close() {
        limits.slots().forget(resume);
        acceptor.close();
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
            acceptor.pause();
        }
        return hasRoom;
    }

    @Override
    public void onAccepted(SocketChannel connection) {
        Client client;
        try {
            client = limits.enter(service.relayPort(), connection);
        } catch (IOException gone) {
            Channels.close(connection);
            return;
        }
        try {
            if (!isLingering() && balancers.isOne(client)) {
                prepare(connection);
                balancers.readHeader(client, this);
            } else if (letIn(client)) {
                prepare(connection);
                upstreams.connect(client, service, queue, null);
            }
        } catch (IOException gone) {
            client.drop();
        } catch (RuntimeException defect) {
            upstreams.context().reactor().contain(client, defect);
        }
    }

    @Override
    public void onHeader(Client connection, ProxiedClient told) {
        connection.introduce(told.address());
        if (letIn(connection)) {
            upstreams.connect(connection, service, queue, told);
        }
    }

    private void prepare(SocketChannel connection) throws IOException {
        connection.configureBlocking(false);
        upstreams.context().reactor().sockets().keepUrgentDataInLine(connection);
    }

    /** Lets the client in if the port takes clients and its limits allow it, or closes it. */
    private boolean letIn(Client client) {
        if (isLingering()) {
            client.reset(Counter.CLIENT_LINGERING);
        } else if (!service.mayBeClient(client.address().getAddress())) {
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
        return "service=" + service.relayPort();
    }

    /** Made into text only where it is logged. */
    private record FailedAccept(TcpRelayPort port, IOException fault) {
        @Override
        public String toString() {
            return port + " why=\"" + fault.getMessage() + '"';
        }
    }
}
