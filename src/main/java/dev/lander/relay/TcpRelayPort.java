package dev.lander.relay;

import dev.lander.metrics.Counter;
import dev.lander.reactor.Acceptor;
import dev.lander.reactor.BindAddress;
import dev.lander.reactor.Channels;
import dev.lander.registry.Component;
import dev.lander.registry.Service;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A bound TCP relay port: accepts clients and finds each a component. */
final class TcpRelayPort implements OpenPort, Acceptor.Host {
    private final TcpRelays relays;
    private final Acceptor acceptor;
    private Service service;

    /** Accepts nobody: the last component has left. */
    private boolean released;

    /**
     * Binds the port.
     *
     * @throws IOException when the system refuses, with its reason
     */
    TcpRelayPort(TcpRelays relays, Service service, BindAddress bindAddress) throws IOException {
        this.relays = relays;
        this.service = service;
        ServerSocketChannel listener = bindAddress.openListener();
        try {
            listener.configureBlocking(false);
            listener.bind(bindAddress.withPort(service.relayPort().number()), Acceptor.BACKLOG);
            this.acceptor = new Acceptor(relays.reactor(), listener, this);
        } catch (IOException refused) {
            Channels.close(listener);
            throw refused;
        }
    }

    @Override
    public void release() {
        acceptor.acceptWaiting();
        released = true;
    }

    @Override
    public void takeBack(Service successor) {
        service = successor;
        released = false;
    }

    @Override
    public void stopRequests() {
        release();
        close();
    }

    @Override
    public void close() {
        relays.slots().forget(acceptor);
        acceptor.close();
    }

    @Override
    public void onLeft(Component component) {
        relays.onLeft(component);
    }

    @Override
    public boolean mayAccept(Acceptor asking) {
        return !released && relays.slots().mayAccept(asking);
    }

    @Override
    public void onAccepted(SocketChannel client) {
        relays.slots().take();
        UpstreamConnect connect;
        try {
            client.configureBlocking(false);
            connect = new UpstreamConnect(relays, service, client);
        } catch (IOException clientGone) {
            Channels.close(client);
            relays.slots().giveBack();
            return;
        }
        connect.tryNext();
    }

    @Override
    public void onAcceptFailed(IOException fault) {
        relays.log()
                .count(Counter.ACCEPT_FAILED, "service=" + service.relayPort() + " why=\"" + fault.getMessage() + "\"");
    }
}
