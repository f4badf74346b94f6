package dev.lander.listing;

import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Registry;
import dev.lander.registry.Snapshot;
import dev.lander.registry.SnapshotWalk;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is registered, for whoever asks. Each turn looks at a bounded number of components, however many there are and
 * however many ask; all who ask for the same before a snapshot is begun share it. What a snapshot means that was taken
 * over several turns is told at {@link SnapshotWalk}. Only for the reactor's thread.
 */
public final class Snapshots {
    /** Somebody who has asked. */
    public interface Asker extends FaultHandler {
        /** The answer, each component of which was so at some moment after the question. */
        void onSnapshot(Snapshot snapshot);
    }

    private record Question(int relayPort, Asker asker) {}

    /** Components that are looked at between two looks at the time. */
    private static final int A_LOOK = 64;

    private static final int LOOKS_A_TURN = 16;

    /** Components that a turn looks at, at most. */
    static final int A_TURN = A_LOOK * LOOKS_A_TURN;

    private final Reactor reactor;
    private final Registry registry;
    private final Runnable nextTurn = this::nextTurn;
    private final List<Question> waiting = new ArrayList<>();

    /** Null when none is being taken. */
    private @Nullable SnapshotWalk walk;

    /** Those whom it is for. */
    private List<Question> asked = List.of();

    /** How many looks are left to this turn. */
    private int looks = LOOKS_A_TURN;

    /** Whether {@link #looks} have been taken in this turn. */
    private boolean hasLooked;

    /** Whether somebody is being answered, who may ask again. */
    private boolean busy;

    /** Of what is registered there. */
    public Snapshots(Reactor reactor, Registry registry) {
        this.reactor = reactor;
        this.registry = registry;
    }

    /**
     * Answers, now or in a later turn.
     *
     * @param relayPort the services of this port alone; 0 = all
     */
    public void ask(int relayPort, Asker asker) {
        waiting.add(new Question(relayPort, asker));
        if (!busy) {
            lookOn();
        }
    }

    private void nextTurn() {
        looks = LOOKS_A_TURN;
        hasLooked = false;
        lookOn();
    }

    private void lookOn() {
        busy = true;
        while (looks > 0 && (walk != null || begin())) {
            if (!hasLooked) {
                hasLooked = true;
                reactor.afterSelect(nextTurn);
            }
            look();
        }
        busy = false;
    }

    /** What the first asks for, for all who ask for the same; false when nobody asks. */
    private boolean begin() {
        if (waiting.isEmpty()) {
            return false;
        }
        int relayPort = waiting.get(0).relayPort();
        List<Question> questions = new ArrayList<>();
        waiting.removeIf(question -> question.relayPort() == relayPort && questions.add(question));
        asked = questions;
        walk = relayPort == 0 ? registry.walk() : registry.walk(relayPort);
        return true;
    }

    private void look() {
        SnapshotWalk now = walk;
        if (now == null) {
            return;
        }
        looks = reactor.isTurnLong() ? 0 : looks - 1; // but one look is taken in any case
        try {
            if (now.goOn(A_LOOK)) {
                walk = null;
                answer(now.snapshot());
            }
        } catch (RuntimeException defect) {
            walk = null;
            asked.forEach(question -> reactor.contain(question.asker(), defect));
        }
    }

    private void answer(Snapshot snapshot) {
        for (Question question : asked) {
            try {
                question.asker().onSnapshot(snapshot);
            } catch (RuntimeException defect) {
                reactor.contain(question.asker(), defect);
            }
        }
        asked = List.of();
    }
}
