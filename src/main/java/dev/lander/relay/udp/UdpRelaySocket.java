package dev.lander.relay.udp;

import dev.lander.metrics.Counter;
import dev.lander.reactor.ReadyHandler;
import dev.lander.registry.Affinity;
import dev.lander.registry.Component;
import dev.lander.relay.Batch;
import dev.lander.relay.PortSockets;
import dev.lander.relay.RelayEnd;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.Channels;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A socket of a UDP relay port: sends each client's datagram to a component. */
final class UdpRelaySocket implements ReadyHandler, Batch.Owner<InetSocketAddress> {
    /** A datagram that waits for the next select, which gives descriptors back, and the upstream whose turn it was. */
    private record Held(InetSocketAddress client, ByteBuffer datagram, UdpUpstream elected) {}

    private final UdpContext context;
    private final Intake intake;
    private final DatagramChannel channel;
    private final AnswerSocket answers;
    private final Pins pins = new Pins();
    private final Map<Component, UdpUpstream> upstreams = new LinkedHashMap<>();
    private final Predicate<Component> mayGetIt = this::mayGetIt;

    /** Components that could not take the present datagram. */
    private final List<Component> tried = new ArrayList<>();

    /** While there are any, nothing more is received. */
    private ArrayDeque<Held> held = new ArrayDeque<>();

    /**
     * Binds the socket.
     *
     * @throws IOException when the system refuses, with its reason
     */
    UdpRelaySocket(UdpContext context, Intake intake, PortSockets sockets, BindAddress bindAddress) throws IOException {
        this.context = context;
        this.intake = intake;
        InetSocketAddress address =
                bindAddress.withPort(intake.service().relayPort().number());
        this.channel = sockets.receive(address, bindAddress.host());
        this.answers = new AnswerSocket(channel, address, context.log(), intake);
        try {
            context.reactor().register(channel, SelectionKey.OP_READ, this);
        } catch (IOException refused) {
            Channels.close(channel);
            throw refused;
        }
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        if (!intake.reads() || !held.isEmpty()) {
            return;
        }
        Batch<InetSocketAddress> requests = context.buffers().requests();
        try {
            for (int i = 0; i < UdpContext.DATAGRAMS_PER_TURN && !requests.isFull(); i++) {
                InetSocketAddress client =
                        (InetSocketAddress) channel.receive(requests.room(UdpBuffers.LONGEST_DATAGRAM));
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
        context.log().count(Counter.DATAGRAM_OWN_FAULT, this, "why", fault);
    }

    /** Closes the socket, and ends all its flows for this reason. */
    void close(RelayEnd why) {
        upstreams.values().forEach(upstream -> upstream.endAll(why));
        upstreams.clear();
        Channels.close(channel);
        Counter drop = intake.isEnding() ? Counter.DATAGRAM_ENDING : Counter.DATAGRAM_NO_COMPONENT;
        for (; !held.isEmpty(); held.remove()) {
            context.log().count(drop, this);
        }
    }

    /** The service's terms are others from now on. */
    void onTerms() {
        if (intake.service().affinity() != Affinity.CLIENT) {
            pins.clear();
        }
        upstreams.values().forEach(UdpUpstream::onTerms);
    }

    /** The component has left the service. */
    void onLeft(Component component) {
        UdpUpstream upstream = upstreams.remove(component);
        if (upstream != null) {
            upstream.endAll(RelayEnd.COMPONENT_LEFT);
        }
    }

    /** Takes a client's datagram, or drops it. */
    @Override
    public void send(InetSocketAddress client, ByteBuffer datagram) {
        Counter drop = intake.whyDropped();
        if (drop != null) {
            context.log().count(drop, this);
        } else if (!intake.service().mayBeClient(client.getAddress())) {
            context.log().count(Counter.DATAGRAM_CLIENT_REFUSED, this);
        } else if (!intake.mayHaveFlow(client)) {
            context.log().count(Counter.DATAGRAM_PER_CLIENT, this);
        } else if (intake.limitsChoices() && pins.of(client) == null && !intake.takeChoice()) {
            context.log().count(Counter.DATAGRAM_RATE, this);
        } else {
            tried.clear();
            sendToAny(client, datagram, choose(client));
        }
    }

    /** Sends the datagram to a component, and if that can't take it to the next. */
    private void sendToAny(InetSocketAddress client, ByteBuffer datagram, @Nullable UdpUpstream first) {
        Sent unsent = null;
        for (UdpUpstream next = first; next != null; next = choose(client)) {
            Sent sent = next.send(client, datagram);
            if (sent.kind() == Sent.Kind.REFUSED && next.component().isInRotation()) {
                sent = next.send(client, datagram); // the refusal was of an earlier one
            }
            switch (sent.kind()) {
                case DONE, DROPPED -> {
                    return;
                }
                case NO_ROOM_YET -> {
                    hold(client, datagram, next);
                    return;
                }
                case UNSENT -> unsent = sent;
                case REFUSED -> {
                    // the next one may get it
                }
            }
            tried.add(next.component());
        }
        if (unsent == null) {
            context.log().count(Counter.DATAGRAM_NO_COMPONENT, this);
        } else {
            context.log().count(Counter.DATAGRAM_OWN_FAULT, this, "why", String.valueOf(unsent.why()));
        }
    }

    /** As in the log. */
    @Override
    public String toString() {
        return intake.toString();
    }

    private boolean mayGetIt(Component candidate) {
        return !tried.contains(candidate);
    }

    private @Nullable UdpUpstream choose(InetSocketAddress client) {
        Component pinned = pins.of(client);
        if (pinned != null && !mayGetIt(pinned)) {
            pinned = null;
        }
        if (pinned != null && pinned.isInRotation()) {
            return upstreamTo(pinned);
        }
        Component component = intake.service().elect(client.getAddress(), mayGetIt);
        if (pinned != null && pinned.isLastResort() && component != null && !component.isInRotation()) {
            return upstreamTo(pinned); // the other would be no better
        }
        return component == null ? null : upstreamTo(component);
    }

    private UdpUpstream upstreamTo(Component component) {
        UdpUpstream known = upstreams.get(component);
        if (known == null) {
            known = new UdpUpstream(context, intake, component, answers, pins);
            upstreams.put(component, known);
        }
        return known;
    }

    /** Keeps the datagram until the next select has given descriptors back. */
    private void hold(InetSocketAddress client, ByteBuffer datagram, UdpUpstream elected) {
        ByteBuffer copy = ByteBuffer.allocate(UdpBuffers.HEADER_ROOM + datagram.remaining());
        copy.position(UdpBuffers.HEADER_ROOM);
        copy.put(datagram).position(UdpBuffers.HEADER_ROOM);
        if (held.isEmpty()) {
            context.reactor().afterSelect(this, this::sendHeld);
        }
        held.add(new Held(client, copy, elected));
    }

    private void sendHeld() {
        ArrayDeque<Held> waiting = held;
        held = new ArrayDeque<>();
        for (Held one : waiting) {
            if (!intake.mayHaveFlow(one.client)) { // another port of its address has had the last one meanwhile
                context.log().count(Counter.DATAGRAM_PER_CLIENT, this);
                continue;
            }
            tried.clear();
            boolean registered = upstreams.get(one.elected.component()) == one.elected;
            boolean electedStays = registered && one.elected.component().isInRotation();
            sendToAny(one.client, one.datagram, electedStays ? one.elected : choose(one.client));
        }
    }
}
