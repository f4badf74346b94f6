package dev.lander.relay.udp;

import dev.lander.listing.OpenRelay;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.ReadyHandler;
import dev.lander.registry.Component;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.registry.ServiceTerms;
import dev.lander.relay.OpenList;
import dev.lander.relay.Pace;
import dev.lander.relay.RelayEnd;
import dev.lander.sockets.Channels;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * One client's way to one component: a connected socket, by which the component's answers find their client. When the
 * service has declared how many datagrams answer a request, a flow that owes no answer is free for another client.
 *
 * <pre>
 *   resting -- request --> awaiting -- last answer --> resting         (settled: another client may have it)
 *                             |
 *                             +-- answer timeout ----> spoilt          (its own client's only, to the end)
 *   any ---- timeout, eviction, fault, component left ----> closed
 * </pre>
 */
final class UdpFlow implements ReadyHandler, DeadlineHandler, Pace.Reader, OpenList.Entry {
    private static final int LONGEST_IPV4_PAYLOAD = 65_507;

    private final UdpContext context;
    private final FlowOwner owner;
    private final Component component;
    private final ComponentSocket socket;
    private final AnswerSocket answers;
    private final Deadline deadline;

    private final AwaitedAnswers awaited;
    private final FlowLife life;
    private final SelectionKey key;

    /** Those of its service when it began, which it keeps. */
    private final ServiceTerms terms;

    /** Where it is in the list of all. */
    private final int place;

    /** It counts as one of its component's open flows. */
    private boolean active;

    private boolean closed;

    /** Its neighbours in {@link SettledFlows}, and whether it is there. */
    @Nullable
    UdpFlow before;

    @Nullable
    UdpFlow after;

    boolean listed;

    /**
     * Opens the socket.
     *
     * @param answers where the client's answers leave
     * @throws IOException when the system refuses
     */
    UdpFlow(UdpContext context, FlowOwner owner, Component component, AnswerSocket answers, InetSocketAddress client)
            throws IOException {
        this.context = context;
        this.owner = owner;
        this.component = component;
        this.answers = answers;
        Service service = component.service();
        this.socket = new ComponentSocket(context.reactor().sockets(), component.address(), owner::onRefused);
        try {
            this.key = context.reactor().register(socket.channel(), SelectionKey.OP_READ, this);
        } catch (IOException refused) {
            Channels.close(socket.channel());
            throw refused;
        }
        this.terms = service.terms();
        this.life = new FlowLife(client, pace(), context.reactor().nowNs());
        this.awaited = AwaitedAnswers.of(context.reactor(), service, this);
        this.deadline = context.budget().deadline(context.timeoutOf(service), this);
        deadline.start();
        this.place = context.budget().list().add(this);
    }

    InetSocketAddress client() {
        return life.client();
    }

    @Override
    public RelayPort relayPort() {
        return component.service().relayPort();
    }

    @Override
    public OpenRelay shown() {
        return life.shown(component, awaited, context.reactor().nowNs());
    }

    @Override
    public Component component() {
        return component;
    }

    /** Whether no answer is to come any more, so that another client may have the socket. */
    boolean isSettled() {
        return awaited.isSettled();
    }

    /** Whether it is known how many answers each request has. */
    boolean declaresAnswers() {
        return terms.responses() != null;
    }

    /** Whether its service's terms are those with which it began. */
    boolean isOfPresentTerms() {
        return terms.equals(component.service().terms());
    }

    /** Whether it counts as one of its component's open flows. */
    boolean isActive() {
        return active;
    }

    /** It counts as one of its component's open flows from now on; false when it did before. */
    boolean wake() {
        boolean rested = !active;
        active = true;
        return rested;
    }

    /**
     * It counts as one of its component's open flows no more, until the next datagram; false when it did not before.
     */
    boolean rest() {
        boolean was = active;
        active = false;
        return was;
    }

    /** What it does for its client of now. */
    FlowLife life() {
        return life;
    }

    /** Drops what still comes for the last client; false when there is no end of it. */
    boolean readEmpty() {
        for (int i = 0; i < UdpContext.DATAGRAMS_PER_TURN; i++) {
            try {
                if (!socket.receive(context.buffers().scrap())) {
                    return true;
                }
                context.log().count(Counter.ANSWER_LATE, this);
            } catch (IOException refused) {
                owner.onRefused();
            }
        }
        return false;
    }

    /** Serves another client from now on. */
    void handTo(InetSocketAddress next) {
        life.tell(context.accessLog(), component, RelayEnd.ANSWERED);
        awaited.restart();
        life.begin(next, pace(), context.reactor().nowNs());
    }

    /**
     * Sends a datagram of the client's.
     *
     * @param payload how many of its bytes, the last, are the client's
     */
    Sent send(ByteBuffer datagram, int payload) {
        if (!life.admits()) {
            context.log().count(Counter.DATAGRAM_PACE, this);
            return Sent.DROPPED;
        }
        int length = datagram.remaining();
        int sent;
        try {
            sent = socket.send(datagram);
        } catch (PortUnreachableException refused) {
            return Sent.REFUSED;
        } catch (IOException fault) {
            if (length > LONGEST_IPV4_PAYLOAD) {
                context.log().count(Counter.DATAGRAM_TOO_LONG, this);
                return Sent.DROPPED;
            }
            return Sent.unsent(fault.getMessage());
        }
        if (sent < length) {
            context.log().count(Counter.DATAGRAM_SEND_FULL, this);
            return Sent.DROPPED;
        }
        awaited.expect();
        life.countIn(payload, context.reactor().nowNs());
        deadline.start();
        return Sent.DONE;
    }

    @Override
    public void onReady(int readyOps) {
        for (int i = 0; i < UdpContext.DATAGRAMS_PER_TURN && !closed; i++) {
            ByteBuffer answer = context.buffers().answerRoom();
            int start = answer.position();
            try {
                if (!socket.receive(answer)) {
                    return;
                }
            } catch (IOException refused) {
                owner.onRefused(); // nothing but what a datagram has met is told to a read
                continue;
            }
            onAnswer(answer.position() - start);
            if (awaited.areAllHere() || life.isPaused()) {
                return; // a further read would only say that there is none, or come too early
            }
        }
    }

    private void onAnswer(int length) {
        AwaitedAnswers.Kind kind = awaited.take();
        if (kind == AwaitedAnswers.Kind.UNDECLARED) {
            context.log().count(Counter.ANSWER_UNDECLARED, this);
            return;
        } else if (kind == AwaitedAnswers.Kind.SURPLUS) {
            context.log().count(Counter.ANSWER_SURPLUS, this);
            owner.onAnswer(this, 0);
            return;
        }
        life.countOut(length, context.reactor().nowNs());
        deadline.start();
        context.buffers().answer(answers, life.client());
        owner.onAnswer(this, length);
    }

    /** The component is asked for the rest of what it owes from now on: until now it was Lander that held it back. */
    @Override
    public void onPaceAllows() {
        key.interestOps(SelectionKey.OP_READ);
        deadline.start();
        awaited.extend();
    }

    @Override
    public void onDeadline(Deadline due) {
        RelayEnd why = context.budget().whyExpired();
        if (life.isPaused() && why == RelayEnd.TIMEOUT) {
            due.start(); // answers that have come wait in the socket
            return;
        }
        if (due == deadline) {
            owner.end(this, why);
            return;
        }
        context.log().count(Counter.ANSWERS_MISSING, this);
        owner.onAnswersMissing(this, awaited.giveUp());
    }

    @Override
    public void onFault(Exception fault) {
        owner.end(this, RelayEnd.FAULT);
    }

    /** Closes the socket; closing again does nothing. Called by its owner, which forgets it. */
    void close(RelayEnd why) {
        if (closed) {
            return;
        }
        closed = true;
        context.budget().list().remove(place);
        life.tell(context.accessLog(), component, why);
        deadline.stop();
        awaited.stop();
        life.stop();
        Channels.close(socket.channel());
        context.budget().giveBack();
    }

    private @Nullable FlowPace pace() {
        return FlowPace.of(context.reactor(), component, this, key);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "service=" + component.service().relayPort() + " component=" + component.label();
    }
}
