package dev.lander.testing;

import dev.lander.reactor.Reactor;
import dev.lander.sockets.Sockets;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A reactor by itself, on a thread of its own, with a clock that the test moves. */
public final class RunningReactor implements AutoCloseable {
    private static final long LIMIT_MS = 10_000;
    private static final Duration STEP = Duration.ofMillis(500);

    private final MovedClock clock = new MovedClock();
    private final AtomicInteger clockReads = new AtomicInteger();
    private final List<Exception> faults = new CopyOnWriteArrayList<>();
    private final Reactor reactor;
    private final Thread loop = new Thread(this::serve, "reactor");
    private volatile @Nullable Throwable thrown;

    /** Not turning yet: what is done before {@link #start} waits for the first turn. */
    public RunningReactor() throws IOException {
        this.reactor = new Reactor(Sockets.ofSystem(), this::readClock, (source, fault) -> faults.add(fault));
    }

    /** Begins to turn. */
    public RunningReactor start() {
        loop.start();
        return this;
    }

    public Reactor reactor() {
        return reactor;
    }

    public MovedClock clock() {
        return clock;
    }

    /** Exceptions that the loop contained. */
    public List<Exception> faults() {
        return faults;
    }

    /** How often the clock was read: once a turn, and twice at the start. */
    public int clockReads() {
        return clockReads.get();
    }

    /** Runs the task on the loop's thread, and returns at the end of its turn. */
    public void inLoop(Runnable task) {
        CountDownLatch turned = new CountDownLatch(1);
        reactor.execute(() -> {
            reactor.atTurnEnd(turned::countDown);
            task.run();
        });
        await(turned);
    }

    /** Moves the clock in steps that are no stall; all that is due has happened when it returns. */
    public void advance(Duration by) {
        Duration left = by;
        while (left.compareTo(Duration.ZERO) > 0) {
            Duration now = left.compareTo(STEP) < 0 ? left : STEP;
            clock.advance(now);
            inLoop(() -> {}); // perhaps in a turn that had begun before
            inLoop(() -> {});
            left = left.minus(now);
        }
    }

    /** Waits until the loop has ended; what it threw, or null. */
    public @Nullable Throwable awaitEnd() {
        try {
            loop.join(LIMIT_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (loop.isAlive()) {
            throw new AssertionError("the loop has not ended");
        }
        return thrown;
    }

    @Override
    public void close() {
        reactor.stop();
        awaitEnd();
    }

    private long readClock() {
        clockReads.incrementAndGet();
        return clock.getAsLong();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(LIMIT_MS, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the loop does not turn");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }

    private void serve() {
        try {
            reactor.run();
        } catch (IOException | RuntimeException | Error end) {
            thrown = end;
        }
    }
}
