package dev.lander.relay.udp;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.relay.GrowingPause;
import java.time.Duration;

/**
 * Whether a UDP component can be reached, as far as that can be known: a "port unreachable" is a failed try; an answer
 * is one that succeeded. A component that never answers (a log receiver, say) counts as reached when its datagrams were
 * not refused for a while. An unreachable one is tried again with real traffic, after growing pauses: one datagram,
 * which has succeeded when it was not refused within {@link #TRIAL}.
 */
final class UdpReachability {
    /** "Port unreachable" comes within a round trip. */
    private static final Duration TRIAL = Duration.ofSeconds(1);

    /** So long without a refusal, though datagrams were sent, breaks a row of failures; they may come one a second. */
    private static final Duration ROW_BREAK = Duration.ofSeconds(10);

    private final Reactor reactor;
    private final Component component;
    private final Deadline trial;

    /** Begun when the component becomes unreachable. */
    private GrowingPause pause;

    /** A pause or a trial is under way. */
    private boolean recovering;

    private long lastRefusalNs;
    private long sentSinceRefusal;

    UdpReachability(Reactor reactor, Component component) {
        this.reactor = reactor;
        this.component = component;
        this.trial = reactor.deadlines(TRIAL).create(this::onAnswer);
        this.pause = new GrowingPause(reactor, component::admitTrial);
    }

    void onSent() {
        sentSinceRefusal++;
        if (component.isOnTrial()) {
            component.endTrial();
            trial.start();
        }
    }

    /** It has answered, or has at least not refused its trial. */
    void onAnswer() {
        component.onReached();
        if (recovering) {
            stop();
        }
    }

    void onRefused() {
        boolean otherDatagramsPassed = sentSinceRefusal > 1;
        if (otherDatagramsPassed && reactor.nowNs() - lastRefusalNs > ROW_BREAK.toNanos()) {
            onAnswer();
        }
        lastRefusalNs = reactor.nowNs();
        sentSinceRefusal = 0;
        component.onConnectFailed();
        if (!component.isUnreachable()) {
            return;
        }
        if (!recovering) {
            recovering = true;
            pause = new GrowingPause(reactor, component::admitTrial);
            pause.begin();
        } else if (trial.isStarted()) {
            trial.stop();
            pause.begin();
        }
    }

    /** Ends what is under way. */
    void stop() {
        recovering = false;
        trial.stop();
        pause.stop();
        if (component.isOnTrial()) {
            component.endTrial();
        }
    }
}
