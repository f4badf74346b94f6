package dev.lander.relay.udp;

import dev.lander.registry.Component;
import dev.lander.registry.ProxyProtocol;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.relay.RelayEnd;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All flows of one socket of a UDP relay port to one component, and what they tell of its health. */
final class UdpUpstream {
    private final UdpRelays relays;
    private final UdpRelaySocket socket;
    private final Component component;
    private final UdpReachability reachability;
    private final Map<InetSocketAddress, UdpFlow> flows = new HashMap<>();

    /** Only when answers are declared. */
    private final SettledFlows settled = new SettledFlows();

    UdpUpstream(UdpRelays relays, UdpRelaySocket socket, Component component, UdpReachability reachability) {
        this.relays = relays;
        this.socket = socket;
        this.component = component;
        this.reachability = reachability;
    }

    RelayPort relayPort() {
        return socket.service().relayPort();
    }

    Component component() {
        return component;
    }

    /** Sends a client's datagram; anything but {@link UdpFlow.Sent#REFUSED} settles the matter. */
    UdpFlow.Sent send(InetSocketAddress client, ByteBuffer datagram) {
        UdpFlow flow = flowOf(client);
        if (flow == null) {
            return UdpFlow.Sent.UNSENT;
        }
        int start = datagram.position();
        int payload = datagram.remaining();
        if (flow.isFresh() && component.proxyProtocol() != ProxyProtocol.NONE) {
            socket.putHeaderAhead(datagram, client);
        }
        int declared = socket.service().responses();
        UdpFlow.Sent sent = flow.send(datagram, Math.max(0, declared));
        if (sent != UdpFlow.Sent.DONE) {
            datagram.position(start); // another may get it
        }
        if (sent == UdpFlow.Sent.REFUSED) {
            reachability.onRefused();
        } else if (sent == UdpFlow.Sent.DONE) {
            reachability.onSent();
            component.countBegun();
            component.countBytesIn(payload);
        }
        if (declared != Service.ANY_RESPONSES) {
            settled.remove(flow);
            settleIfDone(flow);
        }
        return sent;
    }

    /** The component has answered over the flow; true when that was the last answer that is expected now. */
    boolean onAnswer(UdpFlow flow, int length) {
        reachability.onAnswer();
        component.countBytesOut(length);
        relays.answer(flow, flow.client());
        if (socket.service().responses() == Service.ANY_RESPONSES) {
            return false;
        }
        settleIfDone(flow);
        return flow.isSettled();
    }

    /** Sends an answer on to its client. */
    void sendAnswer(InetSocketAddress client, ByteBuffer answer) {
        socket.answer(client, answer);
    }

    /** A datagram to the component was answered by "port unreachable". */
    void onRefused() {
        reachability.onRefused();
    }

    /** A datagram could not be sent, by this machine's fault. */
    void onOwnFault(@Nullable String why) {
        socket.onOwnFault(component, why);
    }

    /** Ends one flow. A timeout is no matter when all answers that were declared have come. */
    void end(UdpFlow flow, RelayEnd why) {
        boolean answered = why == RelayEnd.TIMEOUT && settled.contains(flow);
        flows.remove(flow.client(), flow);
        settled.remove(flow);
        socket.forget(flow);
        flow.close(answered ? RelayEnd.ANSWERED : why);
    }

    /** Ends all flows: the component has left, or Lander ends. */
    void endAll(RelayEnd why) {
        for (UdpFlow flow : new ArrayList<>(flows.values())) {
            end(flow, why);
        }
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "service=" + socket.service().relayPort() + " component=" + component.label();
    }

    private void settleIfDone(UdpFlow flow) {
        if (flow.isSettled()) {
            settled.add(flow);
            flow.rest();
        }
    }

    /** The client's flow: the one that it has, or a settled one, or a new one; null when there is no room. */
    private @Nullable UdpFlow flowOf(InetSocketAddress client) {
        UdpFlow own = flows.get(client);
        if (own != null) {
            socket.pin(own); // it may have been at another component meanwhile
            return own;
        }
        UdpFlow flow = takeSettled(client);
        if (flow == null) {
            flow = open(client);
        }
        if (flow != null) {
            flows.put(client, flow);
            socket.pin(flow);
        }
        return flow;
    }

    private @Nullable UdpFlow takeSettled(InetSocketAddress client) {
        UdpFlow flow = settled.first();
        if (flow == null) {
            return null;
        }
        if (!flow.readEmpty()) {
            end(flow, RelayEnd.ANSWERED);
            return null;
        }
        settled.remove(flow);
        flows.remove(flow.client(), flow);
        socket.forget(flow);
        flow.handTo(client);
        return flow;
    }

    private @Nullable UdpFlow open(InetSocketAddress client) {
        if (!relays.takeFlow()) {
            onOwnFault("no descriptor is left");
            return null;
        }
        try {
            return new UdpFlow(relays, this, client);
        } catch (IOException refused) {
            relays.giveBackFlow();
            onOwnFault(refused.getMessage());
            return null;
        }
    }
}
