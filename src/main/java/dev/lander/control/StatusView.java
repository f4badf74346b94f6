package dev.lander.control;

import dev.lander.control.wire.CommandCodec;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Registry;
import dev.lander.registry.Snapshot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The status for whoever asks. With many registrations it takes milliseconds to write, and anybody may ask at any rate:
 * so after a long one there is a rest, and all who ask meanwhile share the next one.
 */
final class StatusView {
    /** Somebody who has asked. */
    interface Asker {
        /** The msgpack of a status reply, true at some moment after the question; the buffer is the asker's own. */
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

    /** How often is looked whether the rest is over. */
    private static final Duration LOOK = Duration.ofMillis(5);

    private final Reactor reactor;
    private final Registry registry;
    private final Deadline rest;
    private final List<Question> waiting = new ArrayList<>();
    private long restUntilNs;

    StatusView(Reactor reactor, Registry registry) {
        this.reactor = reactor;
        this.registry = registry;
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
            asker.onStatus(encode(relayPort));
            return;
        }
        waiting.add(new Question(relayPort, owner, asker));
        if (!rest.isStarted()) {
            answer();
        }
    }

    private void onLook() {
        if (reactor.nowNs() < restUntilNs) {
            rest.start();
        } else if (!waiting.isEmpty()) {
            answer();
        }
    }

    private void answer() {
        List<Question> questions = List.copyOf(waiting);
        waiting.clear();
        Map<Integer, ByteBuffer> views = new HashMap<>();
        List<ByteBuffer> answers = new ArrayList<>();
        for (Question question : questions) {
            answers.add(
                    views.computeIfAbsent(question.relayPort(), this::encode).duplicate());
        }
        restAfter(views.values().stream().mapToLong(ByteBuffer::remaining).sum());
        for (int i = 0; i < answers.size(); i++) {
            Question question = questions.get(i);
            try {
                question.asker().onStatus(answers.get(i));
            } catch (RuntimeException defect) {
                reactor.contain(question.owner(), defect);
            }
        }
    }

    private void restAfter(long bytes) {
        if (bytes > SHORT_BYTES) {
            restUntilNs = reactor.nowNs() + Math.min(REST_NS_PER_BYTE * bytes, LONGEST_REST_NS);
            rest.start();
        }
    }

    private ByteBuffer encode(int relayPort) {
        Snapshot snapshot = relayPort == 0 ? registry.snapshot() : registry.snapshot(relayPort);
        return CommandCodec.encodeStatus(snapshot);
    }
}
