package dev.lander.simulation;

import dev.lander.simulation.network.Calls;

/** Nobody's socket keeps the others waiting. */
final class TurnsAreBounded extends Invariant {
    /**
     * Clients or datagrams from one socket in one turn: as many when it is ready, and from a flow's once more when
     * another client takes it.
     */
    private static final int MOST_TAKEN = 2 * 64;

    /**
     * Sockets of one UDP port, each with as many: the loopback address, the machine's own, and two that come and go.
     */
    private static final int MOST_ADDRESSES = 4;

    /** Answers at one socket: what it announced, and before it serves another client once more as many. */
    private static final int MOST_ANSWERS = 2 * MOST_TAKEN;

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
        int sockets = cast.setting().bindsEachAddress() ? MOST_ADDRESSES : 1;
        boolean tooMany = calls.mostInTurn() > MOST_CALLS
                || calls.mostTakenInTurn() > sockets * MOST_TAKEN
                || calls.mostAnswersInTurn() > MOST_ANSWERS;
        if (!cast.isEndAsked() && tooMany) {
            String most = calls.mostInTurn() + " calls for one socket, " + calls.mostTakenInTurn();
            check(false, most + " clients or datagrams, " + calls.mostAnswersInTurn() + " answers");
        }
    }
}
