package dev.lander.relay.tcp;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import java.time.Duration;

/**
 * What time does to TCP relays. Each has one deadline, and that is in the list of what comes next:
 *
 * <ul>
 *   <li>at first in {@link #quiet}: keep-alive is switched on when the relay has been silent for 30 s;
 *   <li>then in {@link #silent}, and when something has come meanwhile in {@link #idle}: the idle timeout ends it;
 *   <li>in {@link #reset} or {@link #linger} once only a reset of one side is left to do.
 * </ul>
 */
final class RelayDeadlines {
    /**
     * Well before the first probe is due: relays that are short, or never silent for long, are spared the system calls.
     */
    private static final Duration QUIET = Duration.ofSeconds(30);

    /** How long a side gets for its last few bytes, or for an orderly end, before it is reset. */
    private static final Duration RESET_DELAY = Duration.ofMillis(100);

    /** The same for a side that may have much to read: as long as nginx lingers ({@code lingering_time}). */
    private static final Duration LINGER = Duration.ofSeconds(30);

    /** As a timeout: longer than any machine runs. */
    private static final Duration NEVER = Duration.ofDays(36_500);

    private final Deadlines quiet;
    private final Deadlines silent;
    private final Deadlines idle;
    private final Deadlines reset;
    private final Deadlines linger;
    private final boolean keepAlive;
    private final Duration drainTimeout;
    private boolean cutting;

    /**
     * @param idleTimeout zero = never
     * @param drainTimeout how long a relay that is to end may take to finish
     */
    RelayDeadlines(Reactor reactor, Duration idleTimeout, Duration drainTimeout) {
        this.drainTimeout = drainTimeout;
        Duration timeout = idleTimeout.isZero() ? NEVER : idleTimeout;
        keepAlive = timeout.compareTo(QUIET) > 0;
        quiet = reactor.ownDeadlines(QUIET);
        silent = reactor.ownDeadlines(keepAlive ? timeout.minus(QUIET) : timeout);
        idle = reactor.ownDeadlines(timeout);
        reset = reactor.ownDeadlines(RESET_DELAY);
        linger = reactor.ownDeadlines(timeout.compareTo(LINGER) < 0 ? timeout : LINGER);
    }

    /** A relay's deadline, not yet started; its handler is called whenever it is due. */
    Deadline create(DeadlineHandler relay) {
        return quiet.create(relay);
    }

    /** How long a relay that is to end may take to finish. */
    Duration drainTimeout() {
        return drainTimeout;
    }

    /** Whether relays live long enough for keep-alive. */
    boolean hasKeepAlive() {
        return keepAlive;
    }

    /**
     * Something has come.
     *
     * @param keptAlive whether keep-alive is on, or not wanted
     */
    void onActivity(Deadline deadline, boolean keptAlive) {
        (keptAlive ? idle : quiet).start(deadline);
    }

    /** Keep-alive is on now, since nothing has come. */
    void onKeptAlive(Deadline deadline) {
        silent.start(deadline);
    }

    /** The relay is to be reset soon, later when a side may still have much to read. */
    void onResetAhead(Deadline deadline, boolean muchToRead) {
        (muchToRead ? linger : reset).start(deadline);
    }

    /** Whether all relays end now, since Lander does. */
    boolean isCutting() {
        return cutting;
    }

    /** Ends all relays now. */
    void cut() {
        cutting = true;
        boolean expired = true;
        while (expired) {
            expired = quiet.expireFirst()
                    || silent.expireFirst()
                    || idle.expireFirst()
                    || reset.expireFirst()
                    || linger.expireFirst();
        }
    }
}
