package dev.lander.simulation;

import dev.lander.simulation.network.SimulatedListenerChannel;
import dev.lander.simulation.network.SimulatedSocketChannel;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a component serves over TCP: a listener, and a {@link Session} for each connection. */
final class StreamServer {
    private static final int BACKLOG = 100;

    private final ServiceComponent owner;
    private final List<Session> sessions = new ArrayList<>();
    private @Nullable SimulatedListenerChannel listener;

    StreamServer(ServiceComponent owner) {
        this.owner = owner;
    }

    /** Takes clients, or takes them again. */
    void open() throws IOException {
        if (listener == null) {
            SimulatedListenerChannel opened = (SimulatedListenerChannel) owner.sockets.openServerSocketChannel();
            opened.bind(owner.address(), BACKLOG);
            opened.watch(owner::wake);
            listener = opened;
        }
    }

    /** Takes no new ones; those who are there stay. */
    void refuse() throws IOException {
        if (listener != null) {
            listener.close();
            listener = null;
        }
    }

    /** Its process is gone: connections end, or are reset. */
    void crash() throws IOException {
        for (Session session : sessions) {
            session.crash(owner.random.nextBoolean());
        }
        sessions.clear();
        refuse();
    }

    /** Takes who has come, and reads and writes what there is. */
    void proceed() throws IOException {
        SimulatedListenerChannel open = listener;
        if (open != null) {
            for (SocketChannel accepted = open.accept(); accepted != null; accepted = open.accept()) {
                SimulatedSocketChannel connection = (SimulatedSocketChannel) accepted;
                connection.watch(owner::wake);
                sessions.add(new Session(owner, connection, owner.plan().proxyProtocol()));
            }
        }
        for (Session session : sessions) {
            session.proceed();
        }
        sessions.removeIf(Session::isOver);
    }
}
