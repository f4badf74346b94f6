package dev.lander.relay.udp;

import dev.lander.registry.Component;
import dev.lander.relay.RelayEnd;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All flows of one socket of a UDP relay port to one component, and what they tell of its health. */
final class UdpUpstream implements FlowOwner {
    private final UdpContext context;
    private final Component component;
    private final AnswerSocket answers;
    private final Pins pins;
    private final UdpReachability reachability;

    private final Intake intake;

    private final Map<InetSocketAddress, UdpFlow> flows = new HashMap<>();

    /** Only when answers are declared. */
    private final SettledFlows settled = new SettledFlows();

    UdpUpstream(UdpContext context, Intake intake, Component component, AnswerSocket answers, Pins pins) {
        this.context = context;
        this.component = component;
        this.answers = answers;
        this.pins = pins;
        this.reachability = intake.reachabilityOf(component);
        this.intake = intake;
    }

    Component component() {
        return component;
    }

    /**
     * Sends a client's datagram: over its flow, or a settled one, or else a new one. A flow that can't send any more,
     * as when this machine's address has changed, ends, and the datagram goes over a new one.
     */
    Sent send(InetSocketAddress client, ByteBuffer datagram) {
        UdpFlow known = flows.get(client);
        if (known == null) {
            known = takeSettled(client);
        }
        if (known != null) {
            Sent sent = sendOver(known, client, datagram);
            if (sent.kind() != Sent.Kind.UNSENT) {
                return sent;
            }
        }
        switch (context.budget().take()) {
            case COMING -> {
                return Sent.NO_ROOM_YET;
            }
            case NONE -> {
                return Sent.unsent("no descriptor is left");
            }
            case TAKEN -> {
                return sendOverNew(client, datagram);
            }
        }
        throw new AssertionError("no such room");
    }

    private Sent sendOverNew(InetSocketAddress client, ByteBuffer datagram) {
        try {
            UdpFlow flow = new UdpFlow(context, this, component, answers, client);
            flows.put(client, flow);
            return sendOver(flow, client, datagram);
        } catch (IOException refused) {
            context.budget().giveBack();
            return Sent.unsent(refused.getMessage());
        }
    }

    private Sent sendOver(UdpFlow flow, InetSocketAddress client, ByteBuffer datagram) {
        pins.pin(flow); // it may have been at another component meanwhile
        int start = datagram.position();
        int payload = datagram.remaining();
        if (wantsHeader(flow)) {
            answers.putHeaderAhead(datagram, client);
        }
        wake(flow);
        Sent sent = flow.send(datagram, payload);
        switch (sent.kind()) {
            case DONE -> {
                reachability.onSent();
                component.tally().countBegun();
                component.tally().countBytesIn(payload);
            }
            case REFUSED -> reachability.onRefused();
            default -> {
                // no news of the component
            }
        }
        if (sent.kind() != Sent.Kind.DONE) {
            datagram.position(start); // another may get it
        }
        if (sent.kind() == Sent.Kind.UNSENT) {
            end(flow, RelayEnd.FAULT);
        } else {
            settled.remove(flow);
            settleIfDone(flow);
        }
        return sent;
    }

    /** Each datagram is a request of its own when answers are declared; else only a flow's first tells the client. */
    private boolean wantsHeader(UdpFlow flow) {
        return switch (component.traits().proxyProtocol()) {
            case NONE, V1 -> false;
            case V2 -> flow.life().isFresh() || flow.declaresAnswers();
            case V2_EACH -> true;
        };
    }

    private void wake(UdpFlow flow) {
        if (!flow.wake()) {
            return;
        }
        component.onRelayOpened();
        ClientFlows clientFlows = intake.clientFlows();
        if (clientFlows != null) {
            clientFlows.add(flow.client());
        }
    }

    private void rest(UdpFlow flow) {
        if (!flow.rest()) {
            return;
        }
        component.onRelayClosed();
        ClientFlows clientFlows = intake.clientFlows();
        if (clientFlows != null) {
            clientFlows.remove(flow.client());
        }
    }

    @Override
    public void onAnswer(UdpFlow flow, int length) {
        reachability.onAnswer();
        component.tally().countBytesOut(length);
        settleIfDone(flow);
    }

    @Override
    public void onRefused() {
        reachability.onRefused();
    }

    @Override
    public void onAnswersMissing(UdpFlow flow, long count) {
        component.tally().countAnswersMissing(count);
        rest(flow);
    }

    /** Ends one flow. A timeout is no matter when all answers that were declared have come. */
    @Override
    public void end(UdpFlow flow, RelayEnd why) {
        boolean answered = why == RelayEnd.TIMEOUT && settled.contains(flow);
        flows.remove(flow.client(), flow);
        settled.remove(flow);
        pins.forget(flow);
        flow.close(answered ? RelayEnd.ANSWERED : why);
        rest(flow);
    }

    /**
     * The service's terms are others from now on. Flows that owe answers keep those with which they began; those that
     * owe none end, as another client could have them.
     */
    void onTerms() {
        ClientFlows clientFlows = intake.clientFlows();
        for (UdpFlow flow : new ArrayList<>(flows.values())) {
            if (settled.contains(flow)) {
                end(flow, RelayEnd.ANSWERED);
            } else if (clientFlows != null && flow.isActive()) {
                clientFlows.add(flow.client());
            }
        }
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
        return answers + " component=" + component.label();
    }

    private void settleIfDone(UdpFlow flow) {
        if (!flow.declaresAnswers()) {
            return;
        }
        if (flow.isSettled() && !flow.isOfPresentTerms()) {
            end(flow, RelayEnd.ANSWERED); // the next client's is another
        } else if (flow.isSettled()) {
            settled.add(flow);
            rest(flow);
        } else {
            settled.remove(flow);
        }
    }

    /** A settled flow, which is the client's from now on; null when there is none. */
    private @Nullable UdpFlow takeSettled(InetSocketAddress client) {
        UdpFlow flow = settled.first();
        if (flow == null) {
            return null;
        }
        if (!flow.life().isMadeUpFor()) {
            settled.passOver(flow); // its client's pace would begin anew elsewhere
            return null;
        }
        if (!flow.readEmpty()) {
            end(flow, RelayEnd.ANSWERED);
            return null;
        }
        settled.remove(flow);
        flows.remove(flow.client(), flow);
        pins.forget(flow);
        flow.handTo(client);
        flows.put(client, flow);
        return flow;
    }
}
