package dev.lander.relay.tcp;

import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Acceptor;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.Reactor;
import dev.lander.relay.PortSockets;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.Channels;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The listening sockets of a TCP relay port. Where other processes share the port, a full one closes them instead of
 * letting clients wait: the system hands each client to one listener for good, and others may have room.
 */
final class Listeners {
    /** Stay closed this long at least: each relay that ends would open them for one client. */
    private static final Duration SHUT = Duration.ofMillis(100);

    private final Reactor reactor;
    private final BurstLog log;
    private final PortSockets sockets;
    private final int port;
    private final Acceptor.Host host;
    private final List<BindAddress> addresses;
    private final List<Acceptor> open = new ArrayList<>();
    private final Deadline shutEnd;

    private boolean isShut;

    /** There has been room again while they had to stay closed. */
    private boolean hasRoom;

    /**
     * Binds them, and accepts.
     *
     * @throws IOException when the system refuses at any address, with its reason
     */
    Listeners(RelayContext context, PortSockets sockets, int port, Acceptor.Host host) throws IOException {
        this.reactor = context.reactor();
        this.log = context.log();
        this.sockets = sockets;
        this.port = port;
        this.host = host;
        this.addresses = sockets.settings().listening();
        this.shutEnd = reactor.deadlines(SHUT).create(this::onShutEnd);
        open();
    }

    /** Descriptors that they take, or will again: those of closed ones are kept for them. */
    int descriptors() {
        return addresses.size();
    }

    /** Accepts all that waits: they are about to close. */
    void acceptWaiting() {
        List.copyOf(open).forEach(Acceptor::acceptWaiting); // a full port closes them meanwhile
    }

    /** Accepts nothing until {@link #resume}: clients wait. */
    void pause() {
        open.forEach(Acceptor::pause);
    }

    /** There is no room for anybody: clients go to the processes that share the port; without any, they wait. */
    void pauseFull() {
        if (!sockets.settings().shared()) {
            pause();
            return;
        }
        closeAll();
        isShut = true;
        hasRoom = false;
        shutEnd.start();
    }

    /** Accepts again. */
    void resume() {
        if (!isShut) {
            open.forEach(Acceptor::resume);
        } else if (shutEnd.isStarted()) {
            hasRoom = true;
        } else {
            reopen();
        }
    }

    /** Closes them; the port is free after the next select. */
    void close() {
        shutEnd.stop();
        closeAll();
    }

    private void onShutEnd() {
        if (hasRoom) {
            reopen();
        }
    }

    private void reopen() {
        try {
            open();
            isShut = false;
        } catch (IOException refused) {
            log.count(Counter.TCP_BIND_FAILED, host, "why", refused);
            hasRoom = true;
            shutEnd.start();
        }
    }

    private void open() throws IOException {
        try {
            for (BindAddress address : addresses) {
                ServerSocketChannel listener = sockets.listen(address, port);
                try {
                    open.add(new Acceptor(reactor, listener, host));
                } catch (IOException refused) {
                    Channels.close(listener);
                    throw refused;
                }
            }
        } catch (IOException refused) {
            closeAll();
            throw refused;
        }
    }

    private void closeAll() {
        open.forEach(Acceptor::close);
        open.clear();
    }
}
