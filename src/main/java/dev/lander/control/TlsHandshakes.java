package dev.lander.control;

import dev.lander.control.stream.Handshakes;
import dev.lander.reactor.Reactor;
import java.util.concurrent.Executor;

/**
 * All connections' TLS handshakes. A signature takes as long as relaying some hundred chunks, and strangers can ask for
 * any number: so one helper thread computes, one handshake after the other, while the loop goes on.
 */
final class TlsHandshakes implements Handshakes {
    /** Steps of handshakes in one turn, which ends them sooner when it gets long: cold code takes milliseconds each. */
    private static final int STEPS_PER_TURN = 8;

    private final Reactor reactor;

    /** What waits for it is bounded by the number of connections: each waits for at most one computation. */
    private final Executor helper;

    /** Steps that have gone on, or wanted to, in this turn. */
    private int steps;

    TlsHandshakes(Reactor reactor, Executor helper) {
        this.reactor = reactor;
        this.helper = helper;
    }

    @Override
    public boolean mayGoOn() {
        if (steps == 0) {
            reactor.atTurnEnd(() -> steps = 0);
        }
        steps++;
        return steps == 1 || (steps <= STEPS_PER_TURN && !reactor.isTurnLong());
    }

    @Override
    public void compute(Runnable computation, Runnable then) {
        helper.execute(() -> {
            try {
                computation.run(); // what a peer did wrong is thrown by the next read
            } finally {
                reactor.execute(then);
            }
        });
    }
}
