package dev.lander.relay.tcp;

import dev.lander.listing.Progress;
import dev.lander.listing.RelayPhase;
import dev.lander.listing.WaitsFor;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.Service;
import dev.lander.relay.RelayEnd;
import dev.lander.sockets.Channels;
import dev.lander.text.ShownText;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * Decides which component serves a client:
 *
 * <pre>
 *   choosing --- a component's turn -----------------> dialling --- connected ---> relaying
 *    ^ | ^ |                                             |  |
 *    | | | +--- all are full ---> waiting                |  +--- reset ---> reset
 *    | | +--- there is room ------+                      |
 *    | +--- nobody is left, or too many timeouts --------+--> refused
 *    +--- failed ----------------------------------------+
 * </pre>
 *
 * <p>If a component can't be reached the next one is tried, each at most once. Nothing of the client's was read before
 * a connection stands, so the client notices nothing. From then on the {@link TcpRelay} owns both connections.
 */
final class UpstreamConnect implements Dial.Caller, ClientQueue.Visitor, ClientStage, PostgresGreeting.Caller {
    private final Upstreams upstreams;
    private final Client client;
    private final Service service;

    /** Where the client waits while all components are full; null = it does not wait. */
    private final @Nullable ClientQueue queue;

    /** What is known of the client; null = nothing. */
    private final @Nullable Introduction introduction;

    private final Tries tries = new Tries();

    /** Whose turn it is, for a client that has waited. */
    private @Nullable Component elected;

    /** The try under way; null between tries. */
    private @Nullable Dial dial;

    /** What the connect to the component took. */
    private long connectNs;

    /** Null before it has begun. */
    private @Nullable TcpRelay relay;

    /**
     * For a client that holds a slot, whose channel is non-blocking.
     *
     * @param queue null = the client does not wait
     * @param introduction null = nothing is known of the client
     */
    UpstreamConnect(
            Upstreams upstreams,
            Client client,
            Service service,
            @Nullable ClientQueue queue,
            @Nullable Introduction introduction) {
        this.upstreams = upstreams;
        this.client = client;
        this.service = service;
        this.queue = queue;
        this.introduction = introduction;
    }

    /** Begins with the client: tries, or lets it wait behind those that came before. */
    void begin() {
        client.reach(this);
        try {
            if (queue == null || queue.isEmpty() || !service.hasRoom()) {
                choose(); // which overtakes nobody
            } else {
                queue.add(this);
            }
        } catch (RuntimeException defect) {
            reactor().contain(this, defect);
        }
    }

    @Override
    public @Nullable Component component() {
        return dial == null ? null : dial.component();
    }

    @Override
    public Progress progress() {
        return dial == null
                ? Progress.before(RelayPhase.QUEUEING, WaitsFor.ROOM)
                : Progress.before(RelayPhase.CONNECTING, WaitsFor.COMPONENT);
    }

    @Override
    public Client client() {
        return client;
    }

    @Override
    public boolean hasSent() {
        return introduction != null && introduction.early().hasRemaining();
    }

    @Override
    public boolean elect() {
        elected = service.elect(client.address().getAddress(), tries);
        return elected != null;
    }

    @Override
    public void onTurn() {
        try {
            Component next = elected;
            elected = null;
            if (next == null || !dial(next)) {
                choose();
            }
        } catch (RuntimeException defect) {
            reactor().contain(this, defect);
        }
    }

    @Override
    public void onDialled(Dial ended) {
        if (upstreams.isCutting()) {
            endDial(ended);
            client.refuse(Counter.CLIENT_ENDING, RelayEnd.CUT);
        } else if (!conclude(ended)) {
            choose();
        }
    }

    @Override
    public void onFault(Exception defect) {
        if (relay != null) {
            relay.close(RelayEnd.FAULT);
            return;
        }
        client.onFault(defect);
        if (dial != null) {
            endDial(dial);
        }
    }

    /** As in the log. */
    @Override
    public String toString() {
        return dial == null
                ? client.toString()
                : client + " component=" + dial.component().label();
    }

    /** Tries component after component, until one is reached or dialled, or only full ones or nobody is left. */
    private void choose() {
        while (!tries.areUsedUp()) {
            Component next = service.elect(client.address().getAddress(), tries);
            if (next == null) {
                break;
            }
            if (dial(next)) {
                return;
            }
        }
        if (queue == null || tries.areUsedUp() || !service.isFull(tries)) {
            client.refuse(Counter.CLIENT_NO_COMPONENT, RelayEnd.NO_COMPONENT);
        } else {
            queue.add(this);
        }
    }

    /** Begins to connect; false when that has failed at once. */
    private boolean dial(Component next) {
        Dial begun = upstreams.dial(next, this);
        dial = begun;
        next.onRelayOpened();
        begun.begin(tries.mayBeEager(next));
        return conclude(begun);
    }

    /** Does what the dial's state leads to; false when it has failed, and the next component is to be tried. */
    private boolean conclude(Dial tried) {
        switch (tried.state()) {
            case CONNECTED -> establish(tried);
            case RESET -> passResetOn(tried);
            case FAILED -> {
                onFailed(tried);
                return false;
            }
            case CONNECTING, HUNG_UP -> {
                // Nothing has come of it yet, or nothing will.
            }
        }
        return true;
    }

    /** By the component's doing, or by this machine's, which no component is blamed for. */
    private void onFailed(Dial failed) {
        Component component = failed.component();
        ConnectFailure failure = ConnectFailure.of(failed.fault());
        endDial(failed);
        tries.add(component, failure, failed.tookNs());
        context().log().count(failure.counter(), new Refused(client, component, failed.fault()));
        if (failure != ConnectFailure.OWN_FAULT) {
            upstreams.onConnectFailed(component);
        }
    }

    private void passResetOn(Dial ended) {
        ended.component().onReached();
        ended.component().tally().countBegun();
        endDial(ended);
        Channels.reset(client.channel());
        client.leave(ended.component(), ended.tookNs(), 0, 0, RelayEnd.COMPONENT_RESET);
    }

    /** The connection stands. A client of PostgreSQL's that was told to begin TLS has its component asked first. */
    private void establish(Dial connected) {
        connected.component().onReached();
        connectNs = connected.tookNs();
        context().log().metrics().connectTimes().record(connectNs);
        if (introduction != null && introduction.tlsGranted()) {
            upstreams.greeting(connected, this).begin(client, introduction);
        } else {
            relay(connected, connected.key(), false);
        }
    }

    @Override
    public void onGranted(SelectionKey key) {
        if (dial != null) {
            relay(dial, key, true);
        }
    }

    /** @param asked whether the component was told already who the client is */
    private void relay(Dial connected, @Nullable SelectionKey key, boolean asked) {
        Component component = connected.component();
        component.tally().countBegun();
        TcpRelay begun = new TcpRelay(context(), client, component, connected.channel(), connectNs);
        relay = begun;
        dial = null; // the relay owns its connection
        try {
            ReadBuffer buffer = context().buffer();
            begun.begin(key, asked ? Lead.early(introduction) : Lead.of(buffer, client, component, introduction));
        } catch (IOException sideGone) {
            begun.close(RelayEnd.FAULT);
        }
    }

    @Override
    public void onDenied(IOException why) {
        Dial asked = dial;
        if (asked == null) {
            return;
        }
        endDial(asked);
        boolean cutting = upstreams.isCutting();
        Counter cause = cutting ? Counter.CLIENT_ENDING : Counter.CLIENT_PREAMBLE;
        context().log().count(cause, new Refused(client, asked.component(), why));
        Channels.close(client.channel());
        client.leave(asked.component(), connectNs, 0, 0, cutting ? RelayEnd.CUT : RelayEnd.PREAMBLE);
    }

    private void endDial(Dial ended) {
        dial = null;
        ended.hangUp();
        ended.component().onRelayClosed();
    }

    private RelayContext context() {
        return upstreams.context();
    }

    private Reactor reactor() {
        return upstreams.context().reactor();
    }

    /** Made into text only where it is logged. */
    private record Refused(Client client, Component component, IOException why) {
        @Override
        public String toString() {
            return client + " component=" + component.label() + " why=" + ShownText.quoted(why.getMessage());
        }
    }
}
