package dev.lander.control;

import dev.lander.control.wire.StatusReply;
import dev.lander.listing.ClusterView;
import dev.lander.listing.Snapshots;
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
 * so a long one is taken and written over several turns, there is a rest after it, and all who ask meanwhile share the
 * next one.
 */
final class StatusView implements Snapshots.Asker {
    /** Somebody who has asked. */
    interface Asker {
        /**
         * The msgpack of a status reply, each part of which was true at some moment after the question; the buffer is
         * the asker's own.
         */
        void onStatus(ByteBuffer status);
    }

    private record Question(int relayPort, FaultHandler owner, Asker asker) {}

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
    private final Snapshots snapshots;
    private final ClusterView cluster;
    private final Deadline rest;
    private final Runnable goOn = this::goOn;
    private final List<Question> waiting = new ArrayList<>();

    /** Those whose status is being taken or written; empty = none is. */
    private List<Question> asked = List.of();

    /** Null when none is being written. */
    private @Nullable StatusReply writing;

    private long restUntilNs;

    StatusView(Reactor reactor, Registry registry, Snapshots snapshots, ClusterView cluster) {
        this.reactor = reactor;
        this.registry = registry;
        this.snapshots = snapshots;
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
            StatusReply reply = reply(registry.walk(relayPort).whole());
            reply.encode(Integer.MAX_VALUE);
            asker.onStatus(reply.bytes());
            return;
        }
        waiting.add(new Question(relayPort, owner, asker));
        beginIfIdle();
    }

    private StatusReply reply(Snapshot registered) {
        return new StatusReply(registered, cluster.status());
    }

    private void onLook() {
        if (reactor.nowNs() < restUntilNs) {
            rest.start();
        } else {
            beginIfIdle();
        }
    }

    /** What the first asks for, for all who ask for the same. */
    private void beginIfIdle() {
        if (waiting.isEmpty() || !asked.isEmpty() || rest.isStarted()) {
            return;
        }
        int relayPort = waiting.get(0).relayPort();
        List<Question> questions = new ArrayList<>();
        waiting.removeIf(question -> question.relayPort() == relayPort && questions.add(question));
        asked = questions;
        snapshots.ask(relayPort, this);
    }

    @Override
    public void onSnapshot(Snapshot registered) {
        writing = reply(registered);
        goOn();
    }

    /** The snapshot or the writing has failed. */
    @Override
    public void onFault(Exception defect) {
        List<Question> failed = asked;
        writing = null;
        asked = List.of();
        failed.forEach(question -> reactor.contain(question.owner(), defect));
        beginIfIdle();
    }

    private void goOn() {
        StatusReply reply = writing;
        if (reply == null) {
            return;
        }
        if (!isWhole(reply)) {
            reactor.afterSelect(this, goOn);
            return;
        }
        writing = null;
        answer(reply.bytes());
        asked = List.of();
        beginIfIdle();
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

    private void answer(ByteBuffer status) {
        restAfter(status.remaining());
        for (Question question : asked) {
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

    /** As in the log. */
    @Override
    public String toString() {
        return "status";
    }
}
