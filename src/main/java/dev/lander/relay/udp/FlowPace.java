package dev.lander.relay.udp;

import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.relay.ByteBucket;
import dev.lander.relay.Pace;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a flow to a number of bytes per second, each way. The first datagram that is too many passes, however long it
 * is, since none can be cut. After it requests are to be dropped; but answers have a socket of their own, which is not
 * read until they may pass.
 */
final class FlowPace {
    /** Requests of this time may come at once: what does not pass is lost. */
    private static final Duration BURST = Duration.ofSeconds(1);

    private final Reactor reactor;
    private final ByteBucket requests;
    private final Pace answers;
    private final SelectionKey key;

    /**
     * That of a flow which begins; null when there is no limit.
     *
     * @param flow waits with its answers
     * @param key announces them, and not while they wait
     */
    static @Nullable FlowPace of(Reactor reactor, Component component, Pace.Reader flow, SelectionKey key) {
        int bytesPerSecond = component.traits().maxBytesPerSecond();
        return bytesPerSecond == 0 ? null : new FlowPace(reactor, bytesPerSecond, flow, key);
    }

    private FlowPace(Reactor reactor, int bytesPerSecond, Pace.Reader flow, SelectionKey key) {
        this.reactor = reactor;
        this.requests = new ByteBucket(bytesPerSecond, BURST.toNanos(), reactor.nowNs());
        this.answers = new Pace(reactor, bytesPerSecond, flow);
        this.key = key;
    }

    /** Whether another request may pass now. */
    boolean admits() {
        return requests.left(reactor.nowNs()) > 0;
    }

    /** A request has passed. */
    void useIn(int bytes) {
        requests.use(bytes);
    }

    /** An answer has passed. */
    void useOut(int bytes) {
        answers.use(bytes);
        if (answers.isPaused()) {
            key.interestOps(0);
        }
    }

    /** Whether answers wait. */
    boolean isPaused() {
        return answers.isPaused();
    }

    /** Whether all that has passed has been made up for, so that it may begin anew. */
    boolean isFull() {
        return requests.isFull(reactor.nowNs()) && answers.isFull();
    }

    /** The flow is over, or serves another client, whose answers don't wait for the last one's. */
    void stop() {
        if (answers.isPaused()) {
            answers.stop();
            key.interestOps(SelectionKey.OP_READ);
        }
    }
}
