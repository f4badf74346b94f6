package dev.lander.simulation;

/** Nobody's socket keeps the others waiting. */
final class TurnsAreBounded extends Invariant {
    /** What a turn does at most with one socket: 64 datagrams, or 100 commands, each with its reply. */
    private static final int MOST_CALLS = 220;

    TurnsAreBounded(Cast cast) {
        super(cast, "a turn's work is bounded");
    }

    @Override
    void onTurn() {
        int most = cast.landerHost().descriptors().calls().mostInTurn();
        if (most > MOST_CALLS && !cast.isEndAsked()) {
            check(false, most + " calls for one socket");
        }
    }
}
