package dev.lander.relay.udp;

import dev.lander.metrics.Counter;
import dev.lander.reactor.ReadyHandler;
import dev.lander.registry.Affinity;
import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.registry.Service;
import dev.lander.relay.Batch;
import dev.lander.relay.RelayEnd;
import dev.lander.relay.proxy.ProxyHeader;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.Channels;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A socket of a UDP relay port: sends each client's datagram to a component, and the answers back. */
final class UdpRelaySocket implements ReadyHandler, Predicate<Component>, Batch.Owner<InetSocketAddress> {
    /** Asked of the system for the relay socket, which gives what it allows: bursts wait there. */
    private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;

    private final UdpRelays relays;
    private final UdpRelayPort port;
    private final DatagramChannel channel;
    private final InetSocketAddress address;
    private final Map<Component, UdpUpstream> upstreams = new HashMap<>();

    /** With affinity: the flow that each client stays with. */
    private final Map<InetSocketAddress, UdpFlow> pinned = new HashMap<>();

    /** Components that have refused the present datagram. */
    private final List<Component> refusing = new ArrayList<>();

    /** Why this machine could not send the present datagram, as in the log; null = it could. */
    private @Nullable String ownFault;

    /**
     * Binds the socket. Never with SO_REUSEADDR: another program could take the port's traffic silently.
     *
     * @throws IOException when the system refuses, with its reason
     */
    UdpRelaySocket(UdpRelays relays, UdpRelayPort port, BindAddress bindAddress) throws IOException {
        this.relays = relays;
        this.port = port;
        this.address = bindAddress.withPort(port.service().relayPort().number());
        this.channel = relays.reactor().sockets().openForDatagrams(bindAddress.host());
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            channel.bind(address);
            relays.reactor().register(channel, SelectionKey.OP_READ, this);
        } catch (IOException refused) {
            Channels.close(channel);
            throw refused;
        }
    }

    /** The relay port's. */
    Service service() {
        return port.service();
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        if (!port.reads()) {
            return;
        }
        Batch<InetSocketAddress> requests = relays.requests();
        try {
            for (int i = 0; i < UdpRelays.DATAGRAMS_PER_TURN && !requests.isFull(); i++) {
                InetSocketAddress client =
                        (InetSocketAddress) channel.receive(requests.room(UdpRelays.LONGEST_DATAGRAM));
                if (client == null) {
                    return;
                }
                requests.add(this, client);
            }
        } finally {
            requests.sendAll();
        }
    }

    @Override
    public void onFault(Exception fault) {
        // The socket itself is sound; what could not be received or sent is lost.
        relays.log()
                .count(Counter.DATAGRAM_OWN_FAULT, "service=" + port.service().relayPort() + " why=\"" + fault + "\"");
    }

    /** Closes the socket, and ends all its flows for this reason. */
    void close(RelayEnd why) {
        upstreams.values().forEach(upstream -> upstream.endAll(why));
        upstreams.clear();
        Channels.close(channel);
    }

    /** The component has left the service. */
    void onLeft(Component component) {
        UdpUpstream upstream = upstreams.remove(component);
        if (upstream != null) {
            upstream.endAll(RelayEnd.COMPONENT_LEFT);
        }
    }

    /** Whether the component may still get the present datagram. */
    @Override
    public boolean test(Component candidate) {
        return !refusing.contains(candidate);
    }

    /** Sends an answer to the client from this socket's address. */
    void answer(InetSocketAddress client, ByteBuffer answer) {
        int length = answer.remaining();
        try {
            if (channel.send(answer, client) == length) {
                return;
            }
        } catch (IOException fault) {
            // Counted below, whatever the reason: a datagram may be lost.
        }
        relays.log().count(Counter.ANSWER_SEND_FAILED, port);
    }

    /** Puts the PROXY header into the room ahead of the datagram. */
    void putHeaderAhead(ByteBuffer datagram, InetSocketAddress client) {
        int length = ProxyHeader.v2Length(client);
        datagram.position(datagram.position() - length);
        int start = datagram.position();
        ProxyHeader.put(datagram, ProxyProtocol.V2, Protocol.UDP, client, address);
        datagram.position(start);
    }

    /** This machine could not send the present datagram to this component. */
    void onOwnFault(Component component, @Nullable String why) {
        ownFault = " component=" + component.label() + " why=\"" + why + '"';
    }

    /** The flow is its client's from now on. */
    void pin(UdpFlow flow) {
        if (port.service().affinity() == Affinity.CLIENT) {
            pinned.put(flow.client(), flow);
        }
    }

    /** The flow ends, or serves another client. */
    void forget(UdpFlow flow) {
        pinned.remove(flow.client(), flow);
    }

    /** Sends a client's datagram to a component. */
    @Override
    public void send(InetSocketAddress client, ByteBuffer datagram) {
        Counter drop = port.whyDropped();
        if (drop != null) {
            relays.log().count(drop, port);
            return;
        }
        if (port.limitsChoices() && !pinned.containsKey(client) && !port.mayChoose()) {
            relays.log().count(Counter.DATAGRAM_RATE, port);
            return;
        }
        refusing.clear();
        ownFault = null;
        for (UdpUpstream next = choose(client); next != null; next = choose(client)) {
            UdpFlow.Sent sent = next.send(client, datagram);
            if (sent == UdpFlow.Sent.REFUSED && next.component().isInRotation()) {
                sent = next.send(client, datagram); // the refusal was of an earlier one
            }
            if (sent == UdpFlow.Sent.DONE || sent == UdpFlow.Sent.DROPPED) {
                return;
            }
            refusing.add(next.component());
        }
        if (ownFault == null) {
            relays.log().count(Counter.DATAGRAM_NO_COMPONENT, port);
        } else {
            relays.log()
                    .count(
                            Counter.DATAGRAM_OWN_FAULT,
                            "service=" + port.service().relayPort() + ownFault);
        }
    }

    private @Nullable UdpUpstream choose(InetSocketAddress client) {
        if (port.service().affinity() == Affinity.CLIENT) {
            UdpFlow flow = pinned.get(client);
            if (flow != null && flow.component().isInRotation() && test(flow.component())) {
                return upstreams.get(flow.component());
            }
        }
        Component component = port.service().elect(client.getAddress(), this);
        return component == null ? null : upstreamTo(component);
    }

    private UdpUpstream upstreamTo(Component component) {
        UdpUpstream known = upstreams.get(component);
        if (known == null) {
            known = new UdpUpstream(relays, this, component, port.reachabilityOf(component));
            upstreams.put(component, known);
        }
        return known;
    }
}
