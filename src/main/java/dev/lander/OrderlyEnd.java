package dev.lander;

import dev.lander.control.ControlServer;
import dev.lander.host.ServiceNotifier;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.Reactor;
import dev.lander.relay.RelayPorts;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How Lander ends: no new clients, open relays may finish within the drain timeout, UDP answers pass for a moment more,
 * control connections close last.
 */
final class OrderlyEnd {
    private static final Logger LOG = LoggerFactory.getLogger(OrderlyEnd.class);

    /** How long answers to UDP requests pass after the end has begun. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

    /** How often it looks whether all relays have finished. */
    private static final Duration CHECK = Duration.ofMillis(50);

    /** How often the service manager is told how far the end is. */
    private static final Duration STATUS_PAUSE = Duration.ofSeconds(1);

    /** What the end may take besides the drain timeout. */
    private static final Duration RESERVE = Duration.ofSeconds(10);

    private final Reactor reactor;
    private final ServiceNotifier notifier;
    private final ControlServer control;
    private final RelayPorts relayPorts;
    private final Duration patience;
    private final Deadline check;
    private final Deadline drainTimeout;
    private final Deadline lastAnswers;
    private final Deadline tellStatus;

    /** When open relays are cut, once the end has begun. */
    private long cutNs;

    /**
     * The end of these rooms; {@link #begin} starts it.
     *
     * @param patience how long open relays may take to finish
     */
    OrderlyEnd(
            Reactor reactor,
            ServiceNotifier notifier,
            ControlServer control,
            RelayPorts relayPorts,
            Duration patience) {
        this.reactor = reactor;
        this.notifier = notifier;
        this.control = control;
        this.relayPorts = relayPorts;
        this.patience = patience;
        this.check = reactor.deadlines(CHECK).create(this::endIfIdle);
        this.drainTimeout = reactor.deadlines(patience).create(this::cut);
        this.tellStatus = reactor.deadlines(STATUS_PAUSE).create(this::tellStatus);
        this.lastAnswers = reactor.deadlines(LAST_ANSWERS).create(this::closePorts);
    }

    /** Begins it; the reactor stops when it is done. */
    void begin() {
        LOG.info("ending open_relays={} open_flows={}", relayPorts.openRelays(), relayPorts.openFlows());
        cutNs = reactor.nowNs() + patience.toNanos();
        notifier.stopping(status(), patience.plus(RESERVE));
        control.stopListening();
        relayPorts.stopRequests();
        drainTimeout.start();
        lastAnswers.start();
        tellStatus.start();
        endIfIdle();
    }

    private void tellStatus() {
        tellStatus.start();
        notifier.status(status());
    }

    /** As the service manager shows it. */
    private String status() {
        long leftSeconds = Math.max(0, TimeUnit.NANOSECONDS.toSeconds(cutNs - reactor.nowNs()));
        int open = relayPorts.openRelays();
        return open == 0
                ? "ending"
                : "ending, open relays: " + open + ", cut in " + leftSeconds + " s unless they finish";
    }

    /** Ends when all relays have finished, and the answers to the last datagrams have had their time. */
    private void endIfIdle() {
        boolean answersDue = lastAnswers.isStarted() && relayPorts.openFlows() > 0;
        if (relayPorts.openRelays() > 0 || answersDue) {
            check.start();
        } else {
            finish();
        }
    }

    /** The second of the last answers is over, so a successor may bind the UDP ports, whatever TCP relays still do. */
    private void closePorts() {
        relayPorts.closeAll();
        endIfIdle();
    }

    private void cut() {
        LOG.warn("drain_timeout cut_relays={}", relayPorts.openRelays());
        finish();
    }

    /** Control connections close last: the select before it closes the relays that were cut. */
    private void finish() {
        check.stop(); // each may be due in this very turn
        tellStatus.stop();
        drainTimeout.stop();
        lastAnswers.stop();
        reactor.afterSelect(this::stop);
        relayPorts.cut(); // last: whatever fails in it, the process ends
    }

    private void stop() {
        try {
            control.closeConnections();
        } finally {
            reactor.stop();
        }
    }
}
