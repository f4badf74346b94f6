package dev.lander.simulation.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listening socket of a simulated host, non-blocking. */
public final class SimulatedListenerChannel extends ServerSocketChannel implements SimulatedChannel {
    private static final int USUAL_BACKLOG = 50;

    private final Host host;
    private final Descriptors descriptors;
    private final Options options = new Options();
    private @Nullable TcpListener listener;
    private boolean given;

    SimulatedListenerChannel(SimulatedProvider provider, Host host, Descriptors descriptors) {
        super(provider);
        this.host = host;
        this.descriptors = descriptors;
    }

    @Override
    public ServerSocketChannel bind(@Nullable SocketAddress wanted, int backlog) throws IOException {
        ensureOpen();
        if (listener != null) {
            throw new AlreadyBoundException();
        }
        InetSocketAddress local =
                host.bindTcp(wanted == null ? new InetSocketAddress(0) : (InetSocketAddress) wanted, true);
        listener = new TcpListener(host, descriptors, local, backlog < 1 ? USUAL_BACKLOG : backlog);
        return this;
    }

    /** Tells the channel's owner, who has no selector, whenever somebody has connected. */
    public void watch(Runnable news) {
        if (listener == null) {
            throw new NotYetBoundException();
        }
        listener.watch(news);
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        ensureOpen();
        options.set(name, value);
        return this;
    }

    @Override
    @Nullable
    public <T> T getOption(SocketOption<T> name) throws IOException {
        ensureOpen();
        return options.get(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return options.names();
    }

    @Override
    public ServerSocket socket() {
        throw new UnsupportedOperationException("a simulated listener is used by its channel");
    }

    @Override
    @Nullable
    public SocketChannel accept() throws IOException {
        ensureOpen();
        TcpListener listening = listener;
        if (listening == null) {
            throw new NotYetBoundException();
        }
        descriptors.calls().onCall(listening);
        TcpSocket first = listening.peek();
        if (!descriptors.hasMore()) {
            // The system says so before it looks whether anybody waits.
            throw new IOException("Too many open files");
        }
        if (first == null) {
            return null;
        }
        listening.remove();
        descriptors.calls().onAccepted(listening.local().getPort());
        first.onAccepted(descriptors);
        return new SimulatedSocketChannel(provider(), first);
    }

    @Override
    @Nullable
    public SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return listener == null ? null : listener.local();
    }

    @Override
    protected void implCloseSelectableChannel() {
        if (!isRegistered()) {
            giveBack();
        }
    }

    @Override
    public void onDeregistered() {
        if (!isOpen()) {
            giveBack();
        }
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        // Nothing here ever blocks.
    }

    @Override
    public Descriptor descriptor() {
        TcpListener listening = listener;
        if (listening == null) {
            throw new IllegalStateException("not bound");
        }
        return listening;
    }

    @Override
    public int readyOps(int events, int interestOps) {
        return (events & Poll.IN) == 0 ? 0 : interestOps & SelectionKey.OP_ACCEPT;
    }

    private void giveBack() {
        if (listener != null) {
            listener.close();
        } else if (!given) {
            descriptors.giveBack();
        }
        given = true;
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }
}
