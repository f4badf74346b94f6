package dev.lander.simulation.network;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A listening socket with the connections that wait to be accepted. */
final class TcpListener implements Descriptor {
    private final Host host;
    private final Descriptors descriptors;
    private final InetSocketAddress local;
    private final int backlog;
    private final ArrayDeque<TcpSocket> waiting = new ArrayDeque<>();
    private boolean closed;
    private Runnable listener = () -> {};

    TcpListener(Host host, Descriptors descriptors, InetSocketAddress local, int backlog) {
        this.host = host;
        this.descriptors = descriptors;
        this.local = local;
        this.backlog = backlog;
        host.addListener(this);
    }

    InetSocketAddress local() {
        return local;
    }

    /** Linux takes one connection more than the backlog says. */
    boolean isFull() {
        return waiting.size() > backlog;
    }

    void add(TcpSocket connection) {
        waiting.add(connection);
        listener.run();
    }

    @Override
    public void watch(Runnable news) {
        listener = news;
    }

    /** The connection that has waited longest; null = none. */
    @Nullable
    TcpSocket peek() {
        return waiting.peek();
    }

    void remove() {
        waiting.remove();
    }

    @Override
    public int poll() {
        return waiting.isEmpty() ? 0 : Poll.IN;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            host.removeListener(this);
            descriptors.giveBack();
            waiting.forEach(TcpSocket::abort);
            waiting.clear();
        }
    }
}
