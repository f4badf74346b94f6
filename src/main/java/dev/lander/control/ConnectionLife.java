package dev.lander.control;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.Expiry;
import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.Reactor;
import java.time.Duration;

/**
 * Where a control connection is in its life:
 *
 * <pre>
 *   new --- first message ---> served --- end of stream, reset, unread replies, silence ---> closed
 *    |                            |                                                            ^
 *    +--- no map, no message -----+--- broken framing or TLS ---> parting ----------------------+
 *                                                                 (until the peer has closed, or {@link #PARTING})
 * </pre>
 */
final class ConnectionLife {
    private enum Phase {
        NEW,
        SERVED,
        PARTING,
        CLOSED
    }

    /** A connection that has sent no whole message by then is closed. */
    static final Duration FIRST_MESSAGE = Duration.ofSeconds(10);

    /** How long a peer may take to read why it is closed. */
    private static final Duration PARTING = Duration.ofSeconds(1);

    private final Deadline firstMessage;
    private final Deadline partingEnd;
    private Phase phase = Phase.NEW;

    /**
     * Of a new connection; {@link #begin} begins it.
     *
     * @param owner the connection, which ends when what follows fails
     * @param onNoMessage runs when no message has come in time
     * @param onParted runs when the peer has had its time to read why it is closed
     */
    ConnectionLife(Reactor reactor, FaultHandler owner, Runnable onNoMessage, Runnable onParted) {
        this.firstMessage = reactor.deadlines(FIRST_MESSAGE).create(new Expiry(owner, onNoMessage));
        this.partingEnd = reactor.deadlines(PARTING).create(new Expiry(owner, onParted));
    }

    /** From now on the first message is awaited. */
    void begin() {
        firstMessage.start();
    }

    /** A message has come: the connection is served from now on. */
    void serve() {
        phase = Phase.SERVED;
        firstMessage.stop();
    }

    /** The peer is closed, once it has read why. */
    void part() {
        phase = Phase.PARTING;
        firstMessage.stop();
        partingEnd.start();
    }

    /** It is over; false when it was before. */
    boolean close() {
        if (phase == Phase.CLOSED) {
            return false;
        }
        phase = Phase.CLOSED;
        firstMessage.stop();
        partingEnd.stop();
        return true;
    }

    /** Whether no message has come yet. */
    boolean isNew() {
        return phase == Phase.NEW;
    }

    /** Whether what the peer sends still matters. */
    boolean isUnderstood() {
        return phase == Phase.NEW || phase == Phase.SERVED;
    }

    boolean isParting() {
        return phase == Phase.PARTING;
    }

    boolean isClosed() {
        return phase == Phase.CLOSED;
    }
}
