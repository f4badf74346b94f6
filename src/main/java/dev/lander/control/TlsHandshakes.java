package dev.lander.control;

import dev.lander.control.stream.Handshakes;
import dev.lander.reactor.Reactor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * All connections' TLS handshakes. A signature takes as long as relaying some hundred chunks, and strangers can ask for
 * any number: so one helper thread computes, one handshake after the other, while the loop goes on.
 */
final class TlsHandshakes implements Handshakes {
    /** Steps of handshakes in one turn, which ends them sooner when it gets long: cold code takes milliseconds each. */
    private static final int STEPS_PER_TURN = 8;

    private static final long IDLE_S = 10;

    private final Reactor reactor;
    private final ThreadPoolExecutor helper;

    /** Steps that have gone on, or wanted to, in this turn. */
    private int steps;

    TlsHandshakes(Reactor reactor) {
        this.reactor = reactor;
        // The queue is bounded by the number of connections: each waits for at most one computation.
        this.helper = new ThreadPoolExecutor(1, 1, IDLE_S, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread thread = new Thread(work, "tls-handshakes");
            thread.setDaemon(true);
            return thread;
        });
        helper.allowCoreThreadTimeOut(true);
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
