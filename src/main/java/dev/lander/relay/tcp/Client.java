package dev.lander.relay.tcp;

import dev.lander.listing.OpenRelay;
import dev.lander.listing.Progress;
import dev.lander.listing.RelayPhase;
import dev.lander.listing.WaitsFor;
import dev.lander.metrics.Counter;
import dev.lander.reactor.FaultHandler;
import dev.lander.registry.Component;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.relay.AccessLog;
import dev.lander.relay.FinishedRelay;
import dev.lander.relay.OpenList;
import dev.lander.relay.RelayEnd;
import dev.lander.sockets.Channels;
import dev.lander.text.AddressText;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, and what it holds until it has left: a slot, and a place among its address's connections. It
 * leaves once; leaving again does nothing.
 */
final class Client implements FaultHandler, OpenList.Entry {
    private static final long NS_PER_MS = 1_000_000;

    private static final Progress ACCEPTED = Progress.before(RelayPhase.CONNECTING, WaitsFor.COMPONENT);

    private final ClientLimits limits;
    /** That of the port itself until it is known which of the services at the port the client asks for. */
    private RelayPort relayPort;

    private final SocketChannel channel;
    private final long acceptedNs;
    private InetSocketAddress address;

    /** What is being done with it; null until that has begun. */
    private @Nullable ClientStage stage;

    /** Where it is in the list of all. */
    private int place;

    /** Has let it in; null = nobody has yet. */
    private @Nullable Service letInBy;

    /** It is counted as one of its address's connections. */
    private boolean counted;

    /** It waits for a component, without a slot. */
    private boolean parked;

    private boolean left;

    /** Called by {@link ClientLimits#enter}, which takes the slot. */
    Client(ClientLimits limits, RelayPort relayPort, SocketChannel channel, InetSocketAddress address) {
        this.limits = limits;
        this.relayPort = relayPort;
        this.channel = channel;
        this.address = address;
        this.acceptedNs = limits.nowNs();
    }

    @Override
    public RelayPort relayPort() {
        return relayPort;
    }

    @Override
    public @Nullable Component component() {
        return stage == null ? null : stage.component();
    }

    @Override
    public OpenRelay shown() {
        Component component = component();
        return new OpenRelay(
                relayPort,
                AddressText.of(address),
                component == null ? "" : component.name(),
                (limits.nowNs() - acceptedNs) / NS_PER_MS,
                stage == null ? ACCEPTED : stage.progress());
    }

    /** It is open from now on. */
    void enter(OpenList open) {
        place = open.add(this);
    }

    /** This is being done with it from now on. */
    void reach(ClientStage next) {
        stage = next;
    }

    SocketChannel channel() {
        return channel;
    }

    /** Where it comes from: the connection's peer, or what a balancer in front has told. */
    InetSocketAddress address() {
        return address;
    }

    /** When its connection was accepted, in the loop's time. */
    long acceptedNs() {
        return acceptedNs;
    }

    /** The connection is a balancer's, which has told the client's address. */
    void introduce(InetSocketAddress told) {
        address = told;
    }

    /** It asks for this service, one of those that share its port. */
    void askFor(Service service) {
        relayPort = service.relayPort();
    }

    /** Whether it has left. */
    boolean hasLeft() {
        return left;
    }

    /** Takes a place among its address's connections; false when that has as many as the service allows. */
    boolean takePlace(Service service) {
        if (service.maxPerClient() == Service.UNLIMITED) {
            letInBy = service;
            return true;
        }
        if (limits.counts().open(relayPort, address.getAddress()) >= service.maxPerClient()) {
            return false;
        }
        letInBy = service;
        count();
        return true;
    }

    /** The service limits the connections of an address, and may not have when this one came. */
    void recount(Service service) {
        if (letInBy == service && !counted) {
            count();
        }
    }

    private void count() {
        limits.counts().add(relayPort, address.getAddress());
        counted = true;
    }

    /** It waits for a component: its slot is free meanwhile. */
    void park() {
        parked = true;
        limits.slots().park();
    }

    /** It waits no more, and has a slot again. */
    void unpark() {
        parked = false;
        limits.slots().unpark();
    }

    /** Closes it unserved. */
    void refuse(Counter cause, RelayEnd end) {
        refuse(cause, end, this);
    }

    /**
     * Closes it unserved.
     *
     * @param what the client and the reason, for the log; only made into text when it is logged
     */
    void refuse(Counter cause, RelayEnd end, Object what) {
        if (!left) {
            limits.log().count(cause, what);
            Channels.close(channel);
            leave(null, 0, 0, 0, end);
        }
    }

    /** Closes it as one of too many, without a line in the access log. */
    void turnAway(Counter cause) {
        limits.log().count(cause, this);
        Channels.close(channel);
        leave();
    }

    /** Resets it, without a line in the access log. */
    void reset(Counter cause) {
        limits.log().count(cause, this);
        Channels.reset(channel);
        leave();
    }

    /** Closes it, whose connection has gone before anything was done with it. */
    void drop() {
        Channels.close(channel);
        leave();
    }

    /** Closes it for a defect of Lander's, before a component has served it. */
    @Override
    public void onFault(Exception defect) {
        Channels.close(channel);
        leave(null, 0, 0, 0, RelayEnd.FAULT);
    }

    /**
     * Its connection is closed, or about to be: what it held is free.
     *
     * @param component that served it, or was tried last; null = nobody
     * @param connectNs what the connect to the component took
     * @param bytesIn from the client
     * @param bytesOut from the component
     */
    void leave(@Nullable Component component, long connectNs, long bytesIn, long bytesOut, RelayEnd end) {
        if (left) {
            return;
        }
        leave();
        AccessLog log = limits.accessLog();
        if (log.isOn()) {
            long durationNs = limits.nowNs() - acceptedNs;
            log.finished(FinishedRelay.connection(
                    relayPort, address, component, connectNs, durationNs, bytesIn, bytesOut, end));
        }
    }

    /** Like the other, without a line in the access log. */
    void leave() {
        if (left) {
            return;
        }
        left = true;
        if (parked) {
            unpark();
        }
        limits.slots().giveBack();
        limits.open().remove(place);
        if (counted) {
            limits.counts().remove(relayPort, address.getAddress());
        }
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "service=" + relayPort + " client=" + AddressText.host(address.getAddress());
    }
}
