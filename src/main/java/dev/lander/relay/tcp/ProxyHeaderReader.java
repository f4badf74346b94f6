package dev.lander.relay.tcp;

import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.ReadyHandler;
import dev.lander.relay.AccessLog;
import dev.lander.relay.FinishedRelay;
import dev.lander.relay.RelayEnd;
import dev.lander.relay.proxy.MalformedHeaderException;
import dev.lander.relay.proxy.ProxyHeaderDecoder;
import dev.lander.sockets.Channels;
import dev.lander.text.AddressText;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the PROXY header with which a balancer's connection begins, and then lets the relay port find a component
 * for the client whom it names. The connection holds its slot meanwhile.
 */
final class ProxyHeaderReader implements ReadyHandler {
    private final TcpRelays relays;
    private final TcpRelayPort port;
    private final SocketChannel connection;
    private final InetSocketAddress peer;
    private final Deadline deadline;
    private final long acceptedNs;
    private final ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();

    /** Null until {@link #begin}. */
    private @Nullable SelectionKey key;

    /**
     * For a connection that holds a slot.
     *
     * @param connection non-blocking, and not registered yet
     */
    ProxyHeaderReader(TcpRelays relays, TcpRelayPort port, SocketChannel connection) throws IOException {
        this.relays = relays;
        this.port = port;
        this.connection = connection;
        this.peer = (InetSocketAddress) connection.getRemoteAddress();
        this.deadline = relays.proxyHeaderDeadline(() -> refuse(Counter.CLIENT_PROXY_MISSING, "none came in time"));
        this.acceptedNs = relays.reactor().nowNs();
    }

    void begin() throws IOException {
        key = relays.reactor().register(connection, SelectionKey.OP_READ, this);
        deadline.start();
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        if (connection.read(decoder.room()) < 0) {
            throw new EOFException("the connection has ended before");
        }
        if (!decoder.isWhole()) {
            return;
        }
        InetSocketAddress own = (InetSocketAddress) connection.getLocalAddress();
        deadline.stop();
        if (key != null) {
            key.interestOps(0); // until a component is found
        }
        port.begin(connection, decoder.client(peer, own, acceptedNs));
    }

    @Override
    public void onFault(Exception fault) {
        boolean broken = fault instanceof MalformedHeaderException;
        refuse(broken ? Counter.CLIENT_PROXY_BROKEN : Counter.CLIENT_PROXY_MISSING, String.valueOf(fault.getMessage()));
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "service=" + port.service().relayPort() + " balancer=" + AddressText.host(peer.getAddress());
    }

    private void refuse(Counter cause, String why) {
        deadline.stop();
        relays.log().count(cause, this + " why=\"" + why + '"');
        AccessLog log = relays.accessLog();
        if (log != null) {
            long durationNs = relays.reactor().nowNs() - acceptedNs;
            log.finished(new FinishedRelay(
                    port.service().relayPort(), peer, null, 0, durationNs, 0, 0, RelayEnd.PROXY_HEADER));
        }
        Channels.close(connection);
        relays.slots().giveBack();
    }
}
