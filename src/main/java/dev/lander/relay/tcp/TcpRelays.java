package dev.lander.relay.tcp;

import dev.lander.metrics.BurstLog;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.Service;
import dev.lander.relay.AccessLog;
import dev.lander.relay.Batch;
import dev.lander.relay.ClientCounts;
import dev.lander.relay.RelaySettings;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all TCP relays share: the loop, the read buffer, the spill buffers, the slots and the timeouts. */
final class TcpRelays {
    /**
     * A PROXY header, which a balancer sends with its first packet, comes within this time: when that packet is lost,
     * the system sends it again after 0.2 to 1 s, and once more after twice that.
     */
    private static final Duration PROXY_HEADER_TIMEOUT = Duration.ofSeconds(5);

    /** A longer chunk is written at once: it would hold up those that wait. */
    private static final int SMALL_CHUNK = 16 * 1024;

    /** Bytes of small chunks that may wait. */
    private static final int WAITING_CHUNKS = 64 * 1024;

    private final Reactor reactor;
    private final BurstLog log;
    private final ConnectionSlots slots;
    private final SpillBuffers spills;

    /** The loop's one read buffer, with small chunks that wait in its first part. */
    private final Batch<SocketChannel> chunks;

    private final ClientCounts clientCounts = new ClientCounts();

    /** Of the components that are or were unreachable. */
    private final Map<Component, TcpProbe> probes = new HashMap<>();

    private final @Nullable AccessLog accessLog;
    private final Deadlines connectDeadlines;
    private final RelayDeadlines relayDeadlines;
    private final Deadlines queueDeadlines;
    private final boolean queueing;
    private final Deadlines proxyHeaderDeadlines;
    private final List<AddressRange> acceptProxy;

    TcpRelays(
            Reactor reactor,
            BurstLog log,
            @Nullable AccessLog accessLog,
            ConnectionSlots slots,
            SpillBuffers spills,
            RelaySettings settings) {
        this.reactor = reactor;
        this.log = log;
        this.accessLog = accessLog;
        this.slots = slots;
        this.spills = spills;
        this.chunks = new Batch<>(reactor, WAITING_CHUNKS, SMALL_CHUNK + SpillBuffers.FULL_READ, 0);
        this.connectDeadlines = reactor.deadlines(settings.connectTimeout());
        this.relayDeadlines = new RelayDeadlines(reactor, settings.idleTimeout());
        this.queueDeadlines = reactor.deadlines(settings.queueTimeout());
        this.queueing = !settings.queueTimeout().isZero();
        this.proxyHeaderDeadlines = reactor.deadlines(PROXY_HEADER_TIMEOUT);
        this.acceptProxy = settings.acceptProxy();
    }

    Reactor reactor() {
        return reactor;
    }

    BurstLog log() {
        return log;
    }

    /** Null when nobody wants to know. */
    @Nullable
    AccessLog accessLog() {
        return accessLog;
    }

    ConnectionSlots slots() {
        return slots;
    }

    /** Another client has come, and holds a slot. */
    void clientCame(Service service, InetSocketAddress client) {
        if (service.maxPerClient() != Service.UNLIMITED) {
            clientCounts.opened(service.relayPort(), client.getAddress());
        }
    }

    /** The client has gone: its slot is free. */
    void clientGone(Service service, InetSocketAddress client) {
        slots.giveBack();
        if (service.maxPerClient() != Service.UNLIMITED) {
            clientCounts.closed(service.relayPort(), client.getAddress());
        }
    }

    /** Whether the client may not have another connection. */
    boolean hasAllItMay(Service service, InetSocketAddress client) {
        return service.maxPerClient() != Service.UNLIMITED
                && clientCounts.open(service.relayPort(), client.getAddress()) >= service.maxPerClient();
    }

    SpillBuffers spills() {
        return spills;
    }

    /** The loop's one buffer, from its position on with room for as much as one read may take now. */
    ByteBuffer readBuffer() {
        if (chunks.isFull()) {
            chunks.sendAll();
        }
        return chunks.room(spills.readLimit());
    }

    /**
     * Puts off writing what was just read in {@link #readBuffer} until other relays' chunks have been read as well.
     * False when it is to be written at once, behind those: it is much, or memory is short.
     */
    boolean putOff(Batch.Owner<SocketChannel> owner, SocketChannel sink, int length) {
        if (length > SMALL_CHUNK || spills.isShort()) {
            chunks.sendAll();
            return false;
        }
        chunks.addForBurst(owner, sink);
        return true;
    }

    /** An upstream connection stands, so long after it was begun. */
    void countConnect(long tookNs) {
        log.metrics().connectTimes().record(tookNs);
    }

    /** A connect to the component has failed by its doing. */
    void onComponentFailed(Component component) {
        boolean before = component.isUnreachable();
        component.onConnectFailed();
        if (component.isUnreachable() && !before) {
            TcpProbe probe = new TcpProbe(reactor, component, connectDeadlines);
            TcpProbe ended = probes.put(component, probe);
            if (ended != null) {
                ended.stop(); // of an earlier time, which a client's connect has ended
            }
            probe.begin();
        }
    }

    /** The component has left its service: it is not probed any more. */
    void onLeft(Component component) {
        TcpProbe probe = probes.remove(component);
        if (probe != null) {
            probe.stop();
        }
    }

    /** Where the service's clients wait while all components are full; null when they don't. */
    @Nullable
    ClientQueue queueFor(Service service) {
        return queueing ? new ClientQueue(this, service) : null;
    }

    Deadline queueDeadline(Runnable action) {
        return queueDeadlines.create(action);
    }

    /** Whether the connection comes from a balancer in front, and so begins with a PROXY header. */
    boolean isProxied(SocketChannel connection) throws IOException {
        if (acceptProxy.isEmpty()) {
            return false;
        }
        InetAddress peer = ((InetSocketAddress) connection.getRemoteAddress()).getAddress();
        return acceptProxy.stream().anyMatch(range -> range.contains(peer));
    }

    Deadline proxyHeaderDeadline(Runnable action) {
        return proxyHeaderDeadlines.create(action);
    }

    Deadline connectDeadline(Runnable action) {
        return connectDeadlines.create(action);
    }

    RelayDeadlines relayDeadlines() {
        return relayDeadlines;
    }

    /** Closes all relays. */
    void cut() {
        relayDeadlines.cut();
    }
}
