package dev.lander.simulation;

import dev.lander.metrics.Counter;

/** No handler fails by a defect. */
final class NoDefects extends Invariant {
    NoDefects(Cast cast) {
        super(cast, "no handler fails by a defect");
    }

    @Override
    void onTurn() {
        check(state().metrics().value(Counter.HANDLER_FAULT) == 0, "the log says where");
    }
}
