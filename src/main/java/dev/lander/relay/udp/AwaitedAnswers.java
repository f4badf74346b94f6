package dev.lander.relay.udp;

import dev.lander.listing.Progress;
import dev.lander.listing.RelayPhase;
import dev.lander.listing.WaitsFor;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Service;
import dev.lander.relay.RoundedDuration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The answers that a flow's component still owes; only known when the service has declared how many there are. */
final class AwaitedAnswers {
    /** What an answer is that has come. */
    enum Kind {
        /** It goes to the flow's client. */
        DUE,
        /** The service has declared that there are none. */
        UNDECLARED,
        /** It is one too many, and nobody knows which client it is for. */
        SURPLUS
    }

    /** How many datagrams answer a request; less than 0 = nobody knows. */
    private final int declared;

    /** By when the answers are to come; null when none are declared. */
    private final @Nullable Deadline deadline;

    private long awaited;

    /** Answers may still come that nobody awaits any more: no other client may have the socket. */
    private boolean spoilt;

    /** The flow has served several clients: an answer that nobody awaits may be for any of them. */
    private boolean shared;

    /**
     * Of a flow of the service's.
     *
     * @param late is told when answers that were declared have not come in time
     */
    static AwaitedAnswers of(Reactor reactor, Service service, DeadlineHandler late) {
        int declared = service.responses();
        Duration time = RoundedDuration.ofNs(service.answerTimeoutNs());
        return new AwaitedAnswers(
                declared, declared > 0 ? reactor.deadlines(time).create(late) : null);
    }

    private AwaitedAnswers(int declared, @Nullable Deadline deadline) {
        this.declared = declared;
        this.deadline = deadline;
    }

    /** Whether none is to come any more, so that another client may have the socket. */
    boolean isSettled() {
        return awaited <= 0 && !spoilt;
    }

    /**
     * How far the flow has come, which has passed this many bytes.
     *
     * @param paused whether answers wait until they may pass
     */
    Progress progress(boolean paused, long bytesIn, long bytesOut) {
        if (paused) {
            return new Progress(RelayPhase.RELAYING, WaitsFor.PACE, bytesIn, bytesOut, 0);
        }
        if (declared >= 0 && isSettled()) {
            return new Progress(RelayPhase.SETTLED, WaitsFor.CLIENT, bytesIn, bytesOut, 0);
        }
        WaitsFor next = awaited > 0 ? WaitsFor.COMPONENT : declared < 0 ? WaitsFor.EITHER : WaitsFor.CLIENT;
        return new Progress(RelayPhase.RELAYING, next, bytesIn, bytesOut, 0);
    }

    /** Whether all that were declared have come. */
    boolean areAllHere() {
        return declared > 0 && isSettled();
    }

    /** A request was sent. */
    void expect() {
        if (deadline != null) {
            awaited += declared;
            deadline.start();
        }
    }

    /** An answer has come. */
    Kind take() {
        if (declared == 0) {
            return Kind.UNDECLARED;
        } else if (awaited > 0) {
            awaited--;
            if (awaited == 0) {
                stop();
            }
        } else if (declared > 0) {
            spoilt = true; // the component sends more than it has declared: the next one could reach a stranger
            return shared ? Kind.SURPLUS : Kind.DUE;
        }
        return Kind.DUE;
    }

    /** The time for those that are awaited begins anew. */
    void extend() {
        if (deadline != null && awaited > 0) {
            deadline.start();
        }
    }

    /** They did not come in time; how many. */
    long giveUp() {
        long missing = awaited;
        awaited = 0;
        spoilt = true;
        return missing;
    }

    /** The flow serves another client from now on. */
    void restart() {
        awaited = 0;
        shared = true;
    }

    /** None is awaited. */
    void stop() {
        if (deadline != null) {
            deadline.stop();
        }
    }
}
