package dev.lander.relay.tcp;

import dev.lander.listing.Progress;
import dev.lander.listing.RelayPhase;
import dev.lander.listing.WaitsFor;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.reactor.ReadyHandler;
import dev.lander.registry.Component;
import dev.lander.relay.RelayEnd;
import dev.lander.relay.proxy.MalformedHeaderException;
import dev.lander.relay.proxy.ProxiedClient;
import dev.lander.relay.proxy.ProxyHeaderDecoder;
import dev.lander.text.AddressText;
import dev.lander.text.ShownText;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/** Waits for the PROXY header with which a balancer's connection begins. The connection holds its slot meanwhile. */
final class ProxyHeaderReader implements ReadyHandler, DeadlineHandler, ClientStage {
    /** Wants to know who the client is. */
    interface Listener {
        /** The header has come. The listener owns the connection from now on. */
        void onHeader(Client connection, ProxiedClient told);
    }

    private final Balancers balancers;
    private final Client connection;
    private final Listener listener;
    private final Deadline deadline;
    private final ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();

    /** Null until {@link #begin}. */
    private @Nullable SelectionKey key;

    /** @param timeouts of the length that the header may take */
    ProxyHeaderReader(Balancers balancers, Client connection, Deadlines timeouts, Listener listener) {
        this.balancers = balancers;
        this.connection = connection;
        this.listener = listener;
        this.deadline = timeouts.create(this);
    }

    void begin(Reactor reactor) throws IOException {
        key = reactor.register(connection.channel(), SelectionKey.OP_READ, this);
        deadline.start();
        connection.reach(this);
    }

    @Override
    public @Nullable Component component() {
        return null;
    }

    @Override
    public Progress progress() {
        return Progress.before(RelayPhase.PROXY_HEADER, WaitsFor.CLIENT);
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        if (connection.channel().read(decoder.room()) < 0) {
            throw new EOFException("the connection has ended before");
        }
        if (!decoder.isWhole()) {
            return;
        }
        InetSocketAddress own = (InetSocketAddress) connection.channel().getLocalAddress();
        deadline.stop();
        if (key != null) {
            key.interestOps(0); // until a component is found
        }
        listener.onHeader(connection, decoder.client(connection.address(), own));
    }

    @Override
    public void onDeadline(Deadline due) {
        if (balancers.isCutting()) {
            connection.refuse(Counter.CLIENT_ENDING, RelayEnd.CUT, this);
        } else {
            refuse(Counter.CLIENT_PROXY_MISSING, "none came in time");
        }
    }

    @Override
    public void onFault(Exception fault) {
        if (fault instanceof MalformedHeaderException) {
            refuse(Counter.CLIENT_PROXY_BROKEN, String.valueOf(fault.getMessage()));
        } else if (fault instanceof IOException) {
            refuse(Counter.CLIENT_PROXY_MISSING, String.valueOf(fault.getMessage()));
        } else {
            deadline.stop();
            connection.onFault(fault);
        }
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "service=" + connection.relayPort() + " balancer="
                + AddressText.host(connection.address().getAddress());
    }

    private void refuse(Counter cause, String why) {
        deadline.stop();
        connection.refuse(cause, RelayEnd.PROXY_HEADER, new Refused(this, why));
    }

    /** Made into text only where it is logged. */
    private record Refused(ProxyHeaderReader reader, String why) {
        @Override
        public String toString() {
            return reader + " why=" + ShownText.quoted(why);
        }
    }
}
