package dev.lander.reactor;

import dev.lander.sockets.Channels;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * A listening socket. It accepts a bounded number of connections in a turn. When the system refuses to accept, as when
 * descriptors have run out, readiness stays announced: so accepting pauses, and goes on a moment later.
 */
public final class Acceptor implements ReadyHandler {
    /** As many as the system allows: it cuts the number down to its own limit ({@code net.core.somaxconn}). */
    public static final int BACKLOG = 65_535;

    /** Connections accepted in one turn. */
    private static final int ACCEPTS_PER_TURN = 64;

    /** Connections accepted when the socket is about to close: more than any accept queue holds. */
    private static final int ACCEPTS_AT_END = BACKLOG;

    private static final Duration FAULT_PAUSE = Duration.ofMillis(100);

    /** Takes the connections. */
    public interface Host {
        /**
         * Makes room for another connection. False when there is none: then the host has paused the acceptor, and calls
         * {@link Acceptor#resume} later, or wants no more connections.
         */
        boolean makeRoom(Acceptor acceptor);

        /** Owns the accepted connection, which is blocking still, and deals with its faults; a defect closes it. */
        void onAccepted(SocketChannel connection);

        /** The system has refused to accept; it is tried again a moment later. */
        void onAcceptFailed(IOException fault);
    }

    private final Reactor reactor;
    private final ServerSocketChannel listener;
    private final Host host;
    private final SelectionKey key;
    private final Deadline faultPause;

    /**
     * Starts accepting from a bound, non-blocking socket.
     *
     * @throws IOException when the socket can't be registered
     */
    public Acceptor(Reactor reactor, ServerSocketChannel listener, Host host) throws IOException {
        this.reactor = reactor;
        this.listener = listener;
        this.host = host;
        this.faultPause = reactor.deadlines(FAULT_PAUSE).create(this::resume);
        this.key = reactor.register(listener, SelectionKey.OP_ACCEPT, this);
    }

    @Override
    public void onReady(int readyOps) {
        accept(ACCEPTS_PER_TURN);
    }

    @Override
    public void onFault(Exception fault) {
        pause();
        faultPause.start();
    }

    /** Accepts all that waits in the accept queue: the socket is about to close. */
    public void acceptWaiting() {
        accept(ACCEPTS_AT_END);
    }

    /** Accepts nothing until {@link #resume}: clients wait in the accept queue. */
    public void pause() {
        if (key.isValid()) {
            key.interestOps(0);
        }
    }

    /** Accepts again. */
    public void resume() {
        if (key.isValid()) {
            key.interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    /** Closes the listening socket; its port is free after the next select. */
    public void close() {
        faultPause.stop();
        Channels.close(listener);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return host.toString();
    }

    private void accept(int limit) {
        for (int i = 0; i < limit && host.makeRoom(this); i++) {
            SocketChannel connection;
            try {
                connection = listener.accept();
            } catch (IOException fault) {
                host.onAcceptFailed(fault);
                onFault(fault);
                return;
            }
            if (connection == null) {
                return;
            }
            try {
                host.onAccepted(connection);
            } catch (RuntimeException defect) {
                reactor.contain(new Accepted(host, connection), defect);
                onFault(defect); // the next one may fail as well
                return;
            }
        }
    }

    /** A connection whose host has failed to take it over. */
    private record Accepted(Host host, SocketChannel connection) implements FaultHandler {
        @Override
        public void onFault(Exception defect) {
            Channels.close(connection);
        }

        @Override
        public String toString() {
            return host.toString();
        }
    }
}
