package dev.lander.testing;

import dev.lander.Lander;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A Lander whose loop can be held: what happens meanwhile is all there at once when it goes on. Its clock stands still,
 * so that being held is no stall.
 */
public final class HeldLander implements AutoCloseable {
    private static final long LIMIT_MS = 10_000;

    /** Read by the loop once a turn, which is where it is held. */
    private static final class Gate implements LongSupplier {
        private volatile CountDownLatch reached = new CountDownLatch(0);
        private volatile CountDownLatch opened = new CountDownLatch(0);

        void shut() {
            reached = new CountDownLatch(1);
            opened = new CountDownLatch(1);
        }

        @Override
        public long getAsLong() {
            reached.countDown();
            await(opened);
            return 0;
        }
    }

    private final Gate gate = new Gate();
    private final Lander lander;
    private final Thread loop;

    private HeldLander(TestOptions options) throws IOException {
        this.lander = new Lander(options.build(), TestPlatform.of(gate));
        this.loop = new Thread(this::serve, "reactor");
        loop.start();
    }

    /** With these options; not held yet. */
    public static HeldLander start(TestOptions options) throws IOException {
        return new HeldLander(options);
    }

    /** The balancer itself. */
    public Lander lander() {
        return lander;
    }

    /** A new control connection. */
    public ControlPeer control() throws IOException {
        return ControlPeer.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), lander.controlAddress().getPort()));
    }

    /** Returns when the loop is held, right after it has asked the system for news and got none. */
    public void hold() {
        lander.turnsWithin(Duration.ofMillis(LIMIT_MS)); // what came before is done
        gate.shut();
        CountDownLatch reached = gate.reached;
        Thread poke = new Thread(() -> lander.turnsWithin(Duration.ofMillis(LIMIT_MS)), "poke");
        poke.setDaemon(true);
        poke.start();
        await(reached);
    }

    /** Lets the loop go on. */
    public void release() {
        gate.opened.countDown();
    }

    /** Whether the loop has ended. */
    public boolean hasEnded() {
        return !loop.isAlive();
    }

    @Override
    public void close() {
        release();
        lander.stop();
        try {
            loop.join(LIMIT_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (loop.isAlive()) {
            throw new AssertionError("the loop has not ended");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(LIMIT_MS, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the loop was not held, or not released, in time");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() {
        try {
            lander.run();
        } catch (IOException fault) {
            throw new AssertionError("the loop has failed", fault);
        }
    }
}
