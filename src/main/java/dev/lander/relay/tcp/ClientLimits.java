package dev.lander.relay.tcp;

import dev.lander.metrics.BurstLog;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.registry.RelayPort;
import dev.lander.relay.AccessLog;
import dev.lander.relay.OpenList;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What bounds clients: slots over all ports, connections of one address at a port, the time that they may wait. */
final class ClientLimits {
    private final Reactor reactor;
    private final BurstLog log;
    private final AccessLog accessLog;
    private final ConnectionSlots slots;
    private final ClientCounts counts = new ClientCounts();
    private final OpenList open = new OpenList();

    private final @Nullable Deadlines queueTimeouts;

    /**
     * The limits of all TCP relay ports.
     *
     * @param accessLog hears of each client that has left
     * @param queueTimeout how long clients wait while all components are full; zero = not at all
     */
    ClientLimits(Reactor reactor, BurstLog log, AccessLog accessLog, ConnectionSlots slots, Duration queueTimeout) {
        this.reactor = reactor;
        this.log = log;
        this.accessLog = accessLog;
        this.slots = slots;
        this.queueTimeouts = queueTimeout.isZero() ? null : reactor.deadlines(queueTimeout);
    }

    /**
     * A connection was accepted: it takes a slot.
     *
     * @throws IOException when it has gone already, and nothing was taken
     */
    Client enter(RelayPort relayPort, SocketChannel connection) throws IOException {
        Client client = new Client(this, relayPort, connection, (InetSocketAddress) connection.getRemoteAddress());
        slots.take();
        client.enter(open);
        return client;
    }

    /** Of the length that clients wait while all components are full; null = they do not wait. */
    @Nullable
    Deadlines queueTimeouts() {
        return queueTimeouts;
    }

    long nowNs() {
        return reactor.nowNs();
    }

    BurstLog log() {
        return log;
    }

    AccessLog accessLog() {
        return accessLog;
    }

    ConnectionSlots slots() {
        return slots;
    }

    /** All clients that have not left. */
    OpenList open() {
        return open;
    }

    ClientCounts counts() {
        return counts;
    }
}
