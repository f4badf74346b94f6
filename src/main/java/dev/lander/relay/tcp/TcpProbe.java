package dev.lander.relay.tcp;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.reactor.ReadyHandler;
import dev.lander.registry.Component;
import dev.lander.registry.ProxyProtocol;
import dev.lander.relay.GrowingPause;
import dev.lander.relay.proxy.ProxyHeader;
import dev.lander.sockets.Channels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Tries to connect to an unreachable component, with growing pauses, until one connect succeeds. */
final class TcpProbe implements ReadyHandler {
    /** Room for the longest PROXY header. */
    private static final int HEADER_SIZE = 256;

    private final Reactor reactor;
    private final Component component;
    private final GrowingPause pause;
    private final Deadline timeout;

    /** The try under way; null while pausing. */
    private @Nullable SocketChannel channel;

    /** For a component that has just become unreachable. */
    TcpProbe(Reactor reactor, Component component, Deadlines connectDeadlines) {
        this.reactor = reactor;
        this.component = component;
        this.pause = new GrowingPause(reactor, this::connect);
        this.timeout = connectDeadlines.create(this::endTry);
    }

    void begin() {
        pause.begin();
    }

    /** Ends it, whatever it is about; nothing more is found out. */
    void stop() {
        pause.stop();
        timeout.stop();
        closeChannel();
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        SocketChannel connecting = channel;
        if (connecting == null) {
            return;
        }
        connecting.finishConnect();
        if (connecting.getLocalAddress().equals(connecting.getRemoteAddress())) {
            throw new IOException("connected to itself");
        }
        component.onReached();
        sayThatNobodyCalls(connecting);
        endTry();
    }

    @Override
    public void onFault(Exception refused) {
        endTry();
    }

    private void connect() {
        if (!component.isUnreachable()) {
            return; // a client's connect has succeeded meanwhile
        }
        try {
            SocketChannel connecting =
                    reactor.sockets().openConnection(component.address().getAddress());
            channel = connecting;
            connecting.configureBlocking(false);
            connecting.connect(component.address());
            reactor.register(connecting, SelectionKey.OP_CONNECT, this);
            timeout.start();
        } catch (IOException refused) {
            endTry();
        }
    }

    /** A component that expects a PROXY header gets one that names no client. */
    private void sayThatNobodyCalls(SocketChannel connected) throws IOException {
        if (component.proxyProtocol() != ProxyProtocol.NONE) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_SIZE);
            ProxyHeader.putLocal(header, component.proxyProtocol());
            connected.write(header.flip());
        }
    }

    private void endTry() {
        timeout.stop();
        closeChannel();
        if (component.isUnreachable()) {
            pause.begin();
        }
    }

    private void closeChannel() {
        if (channel != null) {
            Channels.close(channel);
            channel = null;
        }
    }
}
