package dev.lander.relay.tcp;

import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.ReadyHandler;
import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.registry.Service;
import dev.lander.relay.AccessLog;
import dev.lander.relay.FinishedRelay;
import dev.lander.relay.RelayEnd;
import dev.lander.relay.proxy.ProxiedClient;
import dev.lander.relay.proxy.ProxyHeader;
import dev.lander.sockets.Channels;
import dev.lander.text.AddressText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Opens the upstream connection for one client. If a component can't be reached the next one is tried, each at most
 * once: all that refuse at once, but no more than {@link #MAX_TIMEOUTS} that let the client wait for a timeout. Nothing
 * of the client's was read before a connection stands, so the client notices nothing. While all are full it may wait in
 * the {@link ClientQueue}.
 */
final class UpstreamConnect implements ReadyHandler, Predicate<Component> {
    private static final int MAX_TIMEOUTS = 3;

    /**
     * So many connects to this machine are finished at once for a client. Further ones wait for the loop: each turn is
     * to do a bounded amount for each client.
     */
    private static final int EAGER_TRIES = 4;

    /** Who takes so long to refuse, as an address that nobody answers for does, lets the client wait as well. */
    private static final long SLOW_NS = 1_000_000_000L;

    private final TcpRelays relays;
    private final Service service;

    /** Where the client waits while all components are full; null = it doesn't. */
    private final @Nullable ClientQueue queue;

    private final SocketChannel client;

    /** What a balancer in front has told of the client; null = there is none. */
    private final @Nullable ProxiedClient told;

    private final InetSocketAddress clientAddress;
    private final long acceptedNs;

    /** When the try under way began. */
    private long tryNs;

    /** Components that could not be reached. */
    private List<Component> tried = List.of();

    private int timeouts;

    /** Whose turn it is, for a client that has waited. */
    private @Nullable Component elected;

    /** The try under way; null between tries. */
    private @Nullable Component component;

    private @Nullable SocketChannel upstream;

    /** Null while the loop was not asked about the connection. */
    private @Nullable SelectionKey key;

    /** Of the try under way; null = none was needed yet. */
    private @Nullable Deadline deadline;

    /** Owns both connections from now on; null = not yet. */
    private @Nullable TcpRelay relay;

    /**
     * For a client that holds a slot.
     *
     * @param client non-blocking, and not announced for anything
     * @param told what a balancer in front has told of it; null = it came by itself
     */
    UpstreamConnect(
            TcpRelays relays,
            Service service,
            @Nullable ClientQueue queue,
            SocketChannel client,
            @Nullable ProxiedClient told)
            throws IOException {
        this.relays = relays;
        this.service = service;
        this.queue = queue;
        this.client = client;
        this.told = told;
        this.clientAddress = told == null ? (InetSocketAddress) client.getRemoteAddress() : told.address();
        this.acceptedNs = told == null ? relays.reactor().nowNs() : told.acceptedNs();
        relays.clientCame(service, clientAddress);
    }

    /** Begins with the client: tries, or waits behind those who came before. */
    void begin() {
        if (queue == null || queue.isEmpty() || !service.hasRoom()) {
            tryNext(); // which overtakes nobody
        } else {
            queue.add(this);
        }
    }

    /** Whether there is a component for the client, who has waited; {@link #tryElected} tries it. */
    boolean elect() {
        elected = service.elect(clientAddress.getAddress(), this);
        return elected != null;
    }

    /** Tries whom {@link #elect} has found. */
    void tryElected() {
        Component next = elected;
        elected = null;
        if (next == null || !connect(next)) {
            tryNext();
        }
    }

    /** The client's connection. */
    SocketChannel client() {
        return client;
    }

    /** Whether something is known that the client has sent. */
    boolean hasSent() {
        return told != null && told.early().hasRemaining();
    }

    /** Closes the client, whom nobody serves. */
    void refuse(Counter cause, RelayEnd end) {
        relays.log().count(cause, this);
        tellAccessLog(null, end);
        closeClient();
    }

    /**
     * Tries component after component, until one is reached or being waited for, or only full ones or nobody is left.
     */
    void tryNext() {
        while (timeouts < MAX_TIMEOUTS) {
            Component next = service.elect(clientAddress.getAddress(), this);
            if (next == null) {
                break;
            }
            if (connect(next)) {
                return;
            }
        }
        if (queue == null || timeouts == MAX_TIMEOUTS || !service.isFull(this)) {
            refuse(Counter.CLIENT_NO_COMPONENT, RelayEnd.NO_COMPONENT);
        } else {
            queue.add(this);
        }
    }

    /** Whether the component may still be tried for this client. */
    @Override
    public boolean test(Component candidate) {
        return !tried.contains(candidate);
    }

    @Override
    public void onReady(int readyOps) {
        if (upstream != null && !finish(upstream)) {
            tryNext();
        }
    }

    @Override
    public void onFault(Exception fault) {
        if (relay != null) {
            relay.close(RelayEnd.FAULT);
            return;
        }
        tellAccessLog(component, RelayEnd.FAULT);
        endTry();
        closeClient();
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "service=" + service.relayPort() + " client=" + AddressText.host(clientAddress.getAddress());
    }

    /** Connects, or begins to; false when that failed at once. */
    private boolean connect(Component next) {
        component = next;
        tryNs = relays.reactor().nowNs();
        next.onRelayOpened();
        try {
            SocketChannel channel =
                    relays.reactor().sockets().openConnection(next.address().getAddress());
            upstream = channel;
            channel.configureBlocking(false);
            channel.connect(next.address());
            if (tried.size() < EAGER_TRIES && next.address().getAddress().isLoopbackAddress()) {
                return finish(channel); // it stands as a rule, and the loop need not be asked
            }
            await(channel);
            return true;
        } catch (IOException fault) {
            fail(fault);
            return false;
        }
    }

    /** Begins to relay if the connection stands; false when the try has failed. */
    private boolean finish(SocketChannel channel) {
        try {
            if (!channel.finishConnect()) {
                await(channel);
                return true;
            }
            if (channel.getLocalAddress().equals(channel.getRemoteAddress())) {
                // A free port at this very address was connected to itself, by TCP's simultaneous open.
                throw new ConnectException("connected to itself");
            }
        } catch (IOException fault) {
            if (ConnectFailure.isReset(fault)) {
                passResetOn();
                return true;
            }
            fail(fault);
            return false;
        }
        establish(channel);
        return true;
    }

    /** Lets the loop say when the connection stands. */
    private void await(SocketChannel channel) throws IOException {
        if (key == null) {
            key = relays.reactor().register(channel, SelectionKey.OP_CONNECT, this);
            if (deadline == null) {
                deadline = relays.connectDeadline(this::onTimeout);
            }
            deadline.start();
        }
    }

    private void onTimeout() {
        fail(new SocketTimeoutException("no connection in time"));
        tryNext();
    }

    /** The try has failed: by the component's doing, or by this machine's, which nobody is blamed for. */
    private void fail(IOException fault) {
        Component failed = component;
        endTry();
        if (failed == null) {
            return;
        }
        if (tried.isEmpty()) {
            tried = new ArrayList<>();
        }
        tried.add(failed);
        ConnectFailure failure = ConnectFailure.of(fault);
        if (failure == ConnectFailure.TIMEOUT || relays.reactor().nowNs() - tryNs >= SLOW_NS) {
            timeouts++;
        }
        relays.log()
                .count(
                        failure.counter(),
                        this + " component=" + failed.label() + " why=\"" + fault.getMessage() + "\"");
        if (failure != ConnectFailure.OWN_FAULT) {
            relays.onComponentFailed(failed);
        }
    }

    private void stopDeadline() {
        if (deadline != null) {
            deadline.stop();
        }
    }

    /** Drops the try under way. */
    private void endTry() {
        stopDeadline();
        if (upstream != null) {
            Channels.close(upstream);
            upstream = null;
            key = null;
        }
        if (component != null) {
            component.onRelayClosed();
            component = null;
        }
    }

    private void passResetOn() {
        if (component != null) {
            component.onReached();
            component.countBegun();
            tellAccessLog(component, RelayEnd.COMPONENT_RESET);
        }
        endTry();
        Channels.reset(client);
        relays.clientGone(service, clientAddress);
    }

    private void establish(SocketChannel channel) {
        Component reached = component;
        if (reached == null) {
            return;
        }
        stopDeadline();
        reached.onReached();
        reached.countBegun();
        long connectNs = relays.reactor().nowNs() - tryNs;
        relays.countConnect(connectNs);
        TcpRelay begun = new TcpRelay(relays, reached, client, clientAddress, channel, acceptedNs, connectNs);
        relay = begun;
        try {
            ByteBuffer lead = relays.readBuffer();
            int start = lead.position();
            putHeader(lead, reached);
            int own = lead.position() - start;
            if (told != null) {
                lead.put(told.early());
            }
            begun.begin(key, lead.limit(lead.position()).position(start), own);
        } catch (IOException sideGone) {
            begun.close(RelayEnd.FAULT);
        } catch (RuntimeException defect) {
            relays.reactor().contain(this, defect); // it may be another handler that was called
        }
    }

    /** Puts what the component wants to be told of the client, if anything. */
    private void putHeader(ByteBuffer buffer, Component reached) throws IOException {
        if (reached.proxyProtocol() != ProxyProtocol.NONE) {
            InetSocketAddress asked = told == null ? (InetSocketAddress) client.getLocalAddress() : told.asked();
            ProxyHeader.put(buffer, reached.proxyProtocol(), Protocol.TCP, clientAddress, asked);
        }
    }

    /** The client goes without having been served. */
    private void tellAccessLog(@Nullable Component by, RelayEnd end) {
        AccessLog log = relays.accessLog();
        if (log != null) {
            long nowNs = relays.reactor().nowNs();
            long connectNs = by == null ? 0 : nowNs - tryNs;
            String component = by == null ? null : by.label();
            log.finished(new FinishedRelay(
                    service.relayPort(), clientAddress, component, connectNs, nowNs - acceptedNs, 0, 0, end));
        }
    }

    private void closeClient() {
        Channels.close(client);
        relays.clientGone(service, clientAddress);
    }
}
