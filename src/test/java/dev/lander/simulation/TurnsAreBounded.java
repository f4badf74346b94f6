package dev.lander.simulation;

import dev.lander.simulation.network.Calls;

/** Nobody's socket keeps the others waiting. */
final class TurnsAreBounded extends Invariant {
    /** Clients or datagrams from one socket in one turn. */
    private static final int MOST_TAKEN = 64;

    /**
     * Messages to one control connection in one turn: a check for each registration that it may have, and some replies.
     */
    private static final int MOST_CALLS = 2_048 + 300;

    TurnsAreBounded(Cast cast) {
        super(cast, "a turn's work is bounded");
    }

    @Override
    void onTurn() {
        Calls calls = cast.landerHost().descriptors().calls();
        if (!cast.isEndAsked() && (calls.mostInTurn() > MOST_CALLS || calls.mostTakenInTurn() > MOST_TAKEN)) {
            check(
                    false,
                    calls.mostInTurn() + " calls for one socket, " + calls.mostTakenInTurn() + " clients or datagrams");
        }
    }
}
