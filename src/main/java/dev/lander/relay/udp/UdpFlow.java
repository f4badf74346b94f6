package dev.lander.relay.udp;

import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.ReadyHandler;
import dev.lander.registry.Component;
import dev.lander.relay.AccessLog;
import dev.lander.relay.Batch;
import dev.lander.relay.FinishedRelay;
import dev.lander.relay.RelayEnd;
import dev.lander.sockets.Channels;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * One client's way to one component: a connected socket, by which the component's answers find their client. When the
 * service has declared how many datagrams answer a request, a flow that owes no answer is free for another client.
 */
final class UdpFlow implements ReadyHandler, Batch.Owner<InetSocketAddress> {
    /** What became of a datagram. */
    enum Sent {
        DONE,
        /** An earlier datagram was answered by "port unreachable"; this one was not sent. */
        REFUSED,
        /** This machine could not send it: another may get it. */
        UNSENT,
        /** Not sent, and counted. */
        DROPPED
    }

    private static final int LONGEST_IPV4_PAYLOAD = 65_507;

    /** Asked of the system for the socket, which gives what it allows: bursts of answers wait there. */
    private static final int RECEIVE_BUFFER = 1024 * 1024;

    private final UdpRelays relays;
    private final UdpUpstream upstream;
    private final Component component;
    private final DatagramChannel channel;
    private final Deadline deadline;
    private InetSocketAddress client;

    /** No datagram of this client's was sent yet. */
    private boolean fresh = true;

    /** Answers that are still to come; only kept when the service has declared how many there are. */
    private long awaited;

    /** It counts as one of its component's open flows. */
    private boolean active;

    /** The JDK sends no empty datagram through a connected socket, so the first one disconnects it. */
    private boolean connected = true;

    private boolean closed;

    /** When the client's first datagram came, in the loop's time. */
    private long firstNs;

    /** When its last datagram, or the last answer, came. */
    private long lastNs;

    private long bytesIn;
    private long bytesOut;

    /** Its neighbours in {@link SettledFlows}, and whether it is there. */
    @Nullable
    UdpFlow before;

    @Nullable
    UdpFlow after;

    boolean listed;

    /**
     * Opens the socket.
     *
     * @throws IOException when the system refuses
     */
    UdpFlow(UdpRelays relays, UdpUpstream upstream, InetSocketAddress client) throws IOException {
        this.relays = relays;
        this.upstream = upstream;
        this.component = upstream.component();
        this.client = client;
        this.channel =
                relays.reactor().sockets().openForDatagrams(component.address().getAddress());
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            channel.connect(component.address());
            relays.reactor().register(channel, SelectionKey.OP_READ, this);
        } catch (IOException refused) {
            Channels.close(channel);
            throw refused;
        }
        this.deadline = relays.flowDeadline(() -> upstream.end(this, relays.whyExpired()));
        deadline.start();
        beginLife();
    }

    InetSocketAddress client() {
        return client;
    }

    Component component() {
        return component;
    }

    /** Whether no answer is to come any more. */
    boolean isSettled() {
        return awaited <= 0;
    }

    /** It counts as one of its component's open flows no more, until the next datagram. */
    void rest() {
        if (active) {
            active = false;
            component.onRelayClosed();
        }
    }

    /** Whether the next datagram is the first that the component gets from this client over this flow. */
    boolean isFresh() {
        return fresh;
    }

    /** Drops what still comes for the last client; false when the socket is broken, or there is no end of it. */
    boolean readEmpty() {
        for (int i = 0; i < UdpRelays.DATAGRAMS_PER_TURN; i++) {
            try {
                if (!receive(relays.scrap())) {
                    return true;
                }
                relays.log().count(Counter.ANSWER_LATE, upstream);
            } catch (PortUnreachableException refused) {
                upstream.onRefused();
            } catch (IOException broken) {
                return false;
            }
        }
        return false;
    }

    /** Serves another client from now on. */
    void handTo(InetSocketAddress next) {
        tellAccessLog(RelayEnd.ANSWERED);
        awaited = 0;
        fresh = true;
        client = next;
        beginLife();
    }

    /**
     * Sends a datagram of the client's.
     *
     * @param answers how many datagrams answer it; 0 when none do or nobody knows
     */
    Sent send(ByteBuffer datagram, int answers) {
        if (!active) {
            active = true;
            component.onRelayOpened();
        }
        int length = datagram.remaining();
        int sent;
        try {
            if (length == 0) {
                disconnect();
            }
            sent = connected ? channel.write(datagram) : channel.send(datagram, component.address());
        } catch (PortUnreachableException refused) {
            return Sent.REFUSED;
        } catch (IOException fault) {
            if (length > LONGEST_IPV4_PAYLOAD) {
                relays.log().count(Counter.DATAGRAM_TOO_LONG, upstream);
                return Sent.DROPPED;
            }
            upstream.onOwnFault(fault.getMessage());
            return Sent.UNSENT;
        }
        if (sent < length) {
            relays.log().count(Counter.DATAGRAM_SEND_FULL, upstream);
            return Sent.DROPPED;
        }
        fresh = false;
        awaited += answers;
        bytesIn += length;
        touch();
        return Sent.DONE;
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        boolean more = true;
        for (int i = 0; i < UdpRelays.DATAGRAMS_PER_TURN && more && !closed; i++) {
            ByteBuffer answer = relays.answerRoom();
            int start = answer.position();
            try {
                if (!receive(answer)) {
                    return;
                }
            } catch (PortUnreachableException refused) {
                upstream.onRefused();
                continue;
            }
            int length = answer.position() - start;
            if (awaited > 0) {
                awaited--; // one that nobody awaits, as when the network doubles it, settles no later request
            }
            bytesOut += length;
            touch();
            more = !upstream.onAnswer(this, length);
        }
    }

    /** Sends an answer on to the client that it was read for. */
    @Override
    public void send(InetSocketAddress to, ByteBuffer answer) {
        upstream.sendAnswer(to, answer);
    }

    @Override
    public void onFault(Exception fault) {
        upstream.end(this, RelayEnd.FAULT);
    }

    /** Closes the socket; closing again does nothing. Called by its upstream, which forgets it. */
    void close(RelayEnd why) {
        if (closed) {
            return;
        }
        closed = true;
        tellAccessLog(why);
        deadline.stop();
        Channels.close(channel);
        rest();
        relays.giveBackFlow();
    }

    /** Receives a datagram of the component's; false when there is none. */
    private boolean receive(ByteBuffer into) throws IOException {
        if (connected) {
            return channel.read(into) != 0; // -1 is an empty datagram
        }
        int start = into.position();
        for (int i = 0; i < UdpRelays.DATAGRAMS_PER_TURN; i++) {
            SocketAddress sender = channel.receive(into);
            if (sender == null || sender.equals(component.address())) {
                return sender != null;
            }
            into.position(start); // somebody else's: not an answer
        }
        return false;
    }

    private void beginLife() {
        firstNs = relays.reactor().nowNs();
        lastNs = firstNs;
        bytesIn = 0;
        bytesOut = 0;
    }

    private void touch() {
        lastNs = relays.reactor().nowNs();
        deadline.start();
    }

    private void tellAccessLog(RelayEnd why) {
        AccessLog log = relays.accessLog();
        if (log.isOn()) {
            log.finished(FinishedRelay.flow(component, client, lastNs - firstNs, bytesIn, bytesOut, why));
        }
    }

    private void disconnect() throws IOException {
        if (connected) {
            channel.disconnect();
            connected = false;
        }
    }
}
