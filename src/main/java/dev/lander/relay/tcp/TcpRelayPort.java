package dev.lander.relay.tcp;

import dev.lander.metrics.Counter;
import dev.lander.reactor.Acceptor;
import dev.lander.registry.Component;
import dev.lander.registry.Service;
import dev.lander.relay.OpenPort;
import dev.lander.relay.RelayEnd;
import dev.lander.relay.TokenBucket;
import dev.lander.relay.proxy.ProxiedClient;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.Channels;
import dev.lander.text.AddressText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A bound TCP relay port: accepts clients and finds each a component. */
final class TcpRelayPort implements OpenPort, Acceptor.Host {
    private final TcpRelays relays;
    private final Acceptor acceptor;
    private final Runnable resume;
    private Service service;

    /** Null when clients don't wait. */
    private @Nullable ClientQueue queue;

    /** Null when the service has no limit of new clients. */
    private @Nullable TokenBucket newClients;

    /** A refused client, made into text only where it is logged. */
    private record Who(Service service, InetSocketAddress client) {
        @Override
        public String toString() {
            return "service=" + service.relayPort() + " client=" + AddressText.host(client.getAddress());
        }
    }

    /** Accepts nobody: the last component has left. */
    private boolean released;

    /** Resets who comes: no component has come back yet. */
    private boolean lingering;

    /**
     * Binds the port.
     *
     * @throws IOException when the system refuses, with its reason
     */
    TcpRelayPort(TcpRelays relays, Service service, BindAddress bindAddress) throws IOException {
        this.relays = relays;
        this.service = service;
        ServerSocketChannel listener = relays.reactor().sockets().openListener(bindAddress.host());
        this.queue = relays.queueFor(service);
        this.newClients = TokenBucket.of(service, relays.reactor().nowNs());
        try {
            listener.configureBlocking(false);
            listener.bind(bindAddress.withPort(service.relayPort().number()), Acceptor.BACKLOG);
            this.acceptor = new Acceptor(relays.reactor(), listener, this);
            this.resume = acceptor::resume;
        } catch (IOException refused) {
            Channels.close(listener);
            throw refused;
        }
    }

    Service service() {
        return service;
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
        if (released) {
            return;
        }
        acceptor.acceptWaiting();
        released = true;
        if (queue != null) {
            queue.endAll(cause, end);
        }
    }

    @Override
    public void linger() {
        lingering = true;
        relays.slots().forget(resume);
        acceptor.resume();
    }

    @Override
    public void takeBack(Service successor) {
        service = successor;
        queue = relays.queueFor(successor);
        newClients = TokenBucket.of(successor, relays.reactor().nowNs());
        released = false;
        lingering = false;
    }

    @Override
    public void stopRequests() {
        release(Counter.CLIENT_ENDING, RelayEnd.CUT);
        close();
    }

    @Override
    public void close() {
        relays.slots().forget(resume);
        acceptor.close();
    }

    @Override
    public void onLeft(Component component) {
        relays.onLeft(component);
    }

    @Override
    public boolean mayAccept(Acceptor asking) {
        if (released) {
            return lingering;
        }
        boolean mayAccept = relays.slots().mayTake(resume);
        if (!mayAccept) {
            acceptor.pause();
        }
        return mayAccept;
    }

    @Override
    public void onAccepted(SocketChannel client) {
        relays.slots().take();
        try {
            if (!lingering && relays.isProxied(client)) {
                client.configureBlocking(false);
                new ProxyHeaderReader(relays, this, client).begin();
            } else {
                begin(client, null);
            }
        } catch (IOException clientGone) {
            Channels.close(client);
            relays.slots().giveBack();
        }
    }

    /**
     * Finds a component for a client that holds a slot, or refuses it.
     *
     * @param told what a balancer in front has told of it; null = it came by itself
     * @throws IOException when the client has gone, and nobody owns its connection and slot
     */
    void begin(SocketChannel client, @Nullable ProxiedClient told) throws IOException {
        if (lingering) {
            relays.log().count(Counter.CLIENT_LINGERING, this);
            Channels.reset(client);
            relays.slots().giveBack();
        } else if (isOverALimit(client, told)) {
            Channels.close(client);
            relays.slots().giveBack();
        } else {
            client.configureBlocking(false);
            new UpstreamConnect(relays, service, queue, client, told).begin();
        }
    }

    private boolean isOverALimit(SocketChannel client, @Nullable ProxiedClient told) throws IOException {
        if (service.maxPerClient() != Service.UNLIMITED) {
            InetSocketAddress address = told == null ? (InetSocketAddress) client.getRemoteAddress() : told.address();
            if (relays.hasAllItMay(service, address)) {
                relays.log().count(Counter.CLIENT_PER_CLIENT, new Who(service, address));
                return true;
            }
        }
        if (newClients != null && !newClients.take(relays.reactor().nowNs())) {
            relays.log().count(Counter.CLIENT_RATE, this);
            return true;
        }
        return false;
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "service=" + service.relayPort();
    }

    @Override
    public void onAcceptFailed(IOException fault) {
        relays.log().count(Counter.ACCEPT_FAILED, this + " why=\"" + fault.getMessage() + "\"");
    }
}
