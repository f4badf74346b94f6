package dev.lander.relay;

import dev.lander.metrics.Counter;
import dev.lander.reactor.BindAddress;
import dev.lander.reactor.Channels;
import dev.lander.reactor.ReadyHandler;
import dev.lander.registry.Affinity;
import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.registry.Service;
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

/** A bound UDP relay port: sends each client's datagram to a component, and the answers back. */
final class UdpRelayPort implements OpenPort, ReadyHandler, Predicate<Component> {
    /** Asked of the system for the relay socket, which gives what it allows: bursts wait there. */
    private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;

    private final UdpRelays relays;
    private final DatagramChannel channel;
    private final InetSocketAddress address;
    private final Map<Component, UdpUpstream> upstreams = new HashMap<>();

    /** With affinity: the flow that each client stays with. */
    private final Map<InetSocketAddress, UdpFlow> pinned = new HashMap<>();

    /** Components that have refused the present datagram. */
    private final List<Component> refusing = new ArrayList<>();

    /** Why this machine could not send the present datagram, as in the log; null = it could. */
    private @Nullable String ownFault;

    private Service service;

    /** Null when the service has no limit of new choices. */
    private @Nullable TokenBucket choices;

    private boolean released;

    /** Requests are dropped: no component has come back yet. */
    private boolean lingering;

    /** Requests are dropped: Lander ends. */
    private boolean ending;

    /**
     * Binds the port. Never with SO_REUSEADDR: another program could take the port's traffic silently.
     *
     * @throws IOException when the system refuses, with its reason
     */
    UdpRelayPort(UdpRelays relays, Service service, BindAddress bindAddress) throws IOException {
        this.relays = relays;
        this.service = service;
        this.address = bindAddress.withPort(service.relayPort().number());
        this.channel = bindAddress.openForDatagrams();
        this.choices = TokenBucket.of(service, relays.reactor().nowNs());
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

    Service service() {
        return service;
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        for (int i = 0; i < UdpRelays.DATAGRAMS_PER_TURN && (!released || lingering); i++) {
            ByteBuffer datagram = relays.datagramBuffer();
            InetSocketAddress client = (InetSocketAddress) channel.receive(datagram);
            if (client == null) {
                return;
            }
            if (ending || lingering) {
                Counter cause = ending ? Counter.DATAGRAM_ENDING : Counter.DATAGRAM_LINGERING;
                relays.log().count(cause, "service=" + service.relayPort());
                continue;
            }
            datagram.limit(datagram.position()).position(UdpRelays.HEADER_ROOM); // will be sent
            forward(client, datagram);
        }
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "service=" + service.relayPort();
    }

    @Override
    public void onFault(Exception fault) {
        // The socket itself is sound; what could not be received or sent is lost.
        relays.log().count(Counter.DATAGRAM_OWN_FAULT, "service=" + service.relayPort() + " why=\"" + fault + "\"");
    }

    @Override
    public void release() {
        released = true;
    }

    @Override
    public void linger() {
        lingering = true;
    }

    @Override
    public void takeBack(Service successor) {
        service = successor;
        choices = TokenBucket.of(successor, relays.reactor().nowNs());
        released = false;
        lingering = false;
    }

    @Override
    public void stopRequests() {
        ending = true;
    }

    @Override
    public void close() {
        for (UdpUpstream upstream : upstreams.values()) {
            upstream.endAll(ending ? RelayEnd.CUT : RelayEnd.COMPONENT_LEFT);
        }
        upstreams.clear();
        Channels.close(channel);
    }

    @Override
    public void onLeft(Component component) {
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

    /** Sends an answer to the client from the relay port. */
    void answer(InetSocketAddress client, ByteBuffer answer) {
        int length = answer.remaining();
        try {
            if (channel.send(answer, client) == length) {
                return;
            }
        } catch (IOException fault) {
            // Counted below, whatever the reason: a datagram may be lost.
        }
        relays.log().count(Counter.ANSWER_SEND_FAILED, this);
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
        if (service.affinity() == Affinity.CLIENT) {
            pinned.put(flow.client(), flow);
        }
    }

    /** The flow ends, or serves another client. */
    void forget(UdpFlow flow) {
        pinned.remove(flow.client(), flow);
    }

    private void forward(InetSocketAddress client, ByteBuffer datagram) {
        if (choices != null
                && !pinned.containsKey(client)
                && !choices.take(relays.reactor().nowNs())) {
            relays.log().count(Counter.DATAGRAM_RATE, this);
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
            relays.log().count(Counter.DATAGRAM_NO_COMPONENT, this);
        } else {
            relays.log().count(Counter.DATAGRAM_OWN_FAULT, "service=" + service.relayPort() + ownFault);
        }
    }

    private @Nullable UdpUpstream choose(InetSocketAddress client) {
        if (service.affinity() == Affinity.CLIENT) {
            UdpFlow flow = pinned.get(client);
            if (flow != null && flow.component().isInRotation() && test(flow.component())) {
                return upstreams.get(flow.component());
            }
        }
        Component component = service.elect(client.getAddress(), this);
        return component == null ? null : upstreamTo(component);
    }

    private UdpUpstream upstreamTo(Component component) {
        UdpUpstream known = upstreams.get(component);
        if (known == null) {
            known = new UdpUpstream(relays, this, component);
            upstreams.put(component, known);
        }
        return known;
    }
}
