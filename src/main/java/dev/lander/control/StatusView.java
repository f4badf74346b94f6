package dev.lander.control;

import dev.lander.control.wire.StatusReply;
import dev.lander.listing.ClusterView;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Registry;
import dev.lander.registry.Snapshot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status for whoever asks. With many registrations it takes milliseconds to write, and anybody may ask at any rate:
 * so a long one is written over several turns, there is a rest after it, and all who ask meanwhile share the next one.
 */
final class StatusView {
    /** Somebody who has asked. */
    interface Asker {
        /** The msgpack of a status reply, true at some moment after the question; the buffer is the asker's own. */
        void onStatus(ByteBuffer status);
    }

    private record Question(int relayPort, FaultHandler owner, Asker asker) {}

    /** A status that is being written, and those who wait for it. */
    private record Writing(StatusReply reply, List<Question> questions) {}

    /** After a status of up to this many bytes there is no rest. */
    private static final int SHORT_BYTES = 64 * 1024;

    /** Rest for each byte: meant to be many times as long as the byte takes to write. */
    private static final long REST_NS_PER_BYTE = 1_000;

    private static final long LONGEST_REST_NS = Duration.ofSeconds(2).toNanos();

    /** A port with at most this many components has a short status: it waits for nobody's rest. */
    private static final int FEW = 64;

    /** Pieces that are written between two looks at the time. */
    private static final int PIECES = 64;

    /** How often is looked whether the rest is over. */
    private static final Duration LOOK = Duration.ofMillis(5);

    private final Reactor reactor;
    private final Registry registry;
    private final ClusterView cluster;
    private final Deadline rest;
    private final Runnable goOn = this::goOn;
    private final List<Question> waiting = new ArrayList<>();

    /** Null when none is being written. */
    private @Nullable Writing writing;

    private long restUntilNs;

    StatusView(Reactor reactor, Registry registry, ClusterView cluster) {
        this.reactor = reactor;
        this.registry = registry;
        this.cluster = cluster;
        this.rest = reactor.deadlines(LOOK).create(this::onLook);
    }

    /**
     * Answers now, or when the rest is over.
     *
     * @param relayPort the services of this port alone; 0 = all
     * @param owner ends when the asker fails
     */
    void ask(int relayPort, FaultHandler owner, Asker asker) {
        if (relayPort != 0 && registry.size(relayPort) <= FEW) {
            StatusReply reply = new StatusReply(registry.snapshot(relayPort), cluster.status());
            reply.encode(Integer.MAX_VALUE);
            asker.onStatus(reply.bytes());
            return;
        }
        waiting.add(new Question(relayPort, owner, asker));
        if (writing == null && !rest.isStarted()) {
            writing = next();
            goOn();
        }
    }

    private void onLook() {
        if (reactor.nowNs() < restUntilNs) {
            rest.start();
        } else {
            writing = next();
            goOn();
        }
    }

    /** What the first asks for, for all who ask for the same; null when nobody asks. */
    private @Nullable Writing next() {
        if (waiting.isEmpty()) {
            return null;
        }
        int relayPort = waiting.get(0).relayPort();
        List<Question> questions = new ArrayList<>();
        waiting.removeIf(question -> question.relayPort() == relayPort && questions.add(question));
        Snapshot snapshot = relayPort == 0 ? registry.snapshot() : registry.snapshot(relayPort);
        return new Writing(new StatusReply(snapshot, cluster.status()), questions);
    }

    private void goOn() {
        for (Writing now = writing; now != null; now = writing) {
            try {
                if (!isWhole(now.reply())) {
                    reactor.afterSelect(goOn);
                    return;
                }
                answer(now.reply().bytes(), now.questions());
            } catch (RuntimeException defect) {
                now.questions().forEach(question -> reactor.contain(question.owner(), defect));
            }
            writing = rest.isStarted() ? null : next();
        }
    }

    /** Writes on, at most until the turn gets long. */
    private boolean isWhole(StatusReply reply) {
        while (!reply.encode(PIECES)) {
            if (reactor.isTurnLong()) {
                return false;
            }
        }
        return true;
    }

    private void answer(ByteBuffer status, List<Question> questions) {
        restAfter(status.remaining());
        for (Question question : questions) {
            try {
                question.asker().onStatus(status.duplicate());
            } catch (RuntimeException defect) {
                reactor.contain(question.owner(), defect);
            }
        }
    }

    private void restAfter(int bytes) {
        if (bytes > SHORT_BYTES) {
            restUntilNs = reactor.nowNs() + Math.min(REST_NS_PER_BYTE * bytes, LONGEST_REST_NS);
            rest.start();
        }
    }
}
