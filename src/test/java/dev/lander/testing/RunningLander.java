package dev.lander.testing;

import dev.lander.Lander;
import dev.lander.control.ControlServer;
import dev.lander.metrics.Counter;
import dev.lander.metrics.Metrics;
import dev.lander.options.Options;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.LongSupplier;

/** A Lander in this process, on a thread of its own, with the control channel on a free port of 127.0.0.1. */
public final class RunningLander implements AutoCloseable {
    private static final long END_MS = 10_000;

    private final Lander lander;
    private final Thread loop;

    private RunningLander(Options options, LongSupplier clock) throws IOException {
        this.lander = new Lander(options, TestPlatform.of(clock));
        this.loop = new Thread(this::serve, "reactor");
        loop.start();
    }

    /** With default options. */
    public static RunningLander start() throws IOException {
        return start(new TestOptions());
    }

    /** With these options. */
    public static RunningLander start(TestOptions options) throws IOException {
        return new RunningLander(options.build(), System::nanoTime);
    }

    /** With these options and a clock of the test's, such as one that it moves; see {@link #advance}. */
    public static RunningLander start(TestOptions options, LongSupplier clock) throws IOException {
        return new RunningLander(options.build(), clock);
    }

    /** The control channel's address. */
    public InetSocketAddress controlAddress() throws IOException {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), lander.controlAddress().getPort());
    }

    /** A new control connection. */
    public ControlPeer control() throws IOException {
        return ControlPeer.connect(controlAddress());
    }

    /** The balancer itself. */
    public Lander lander() {
        return lander;
    }

    /** Moves the clock in steps that are no stall, letting the loop turn after each. */
    public void advance(MovedClock clock, Duration by) {
        Duration step = Duration.ofMillis(500);
        Duration left = by;
        while (left.compareTo(Duration.ZERO) > 0) {
            Duration now = left.compareTo(step) < 0 ? left : step;
            clock.advance(now);
            awaitTurn(); // this turn may have read the clock before it was moved,
            awaitTurn(); // but not the next
            left = left.minus(now);
        }
    }

    /** How many control connections Lander takes for open. */
    public int controlConnections() {
        return part("control", ControlServer.class).openConnections();
    }

    /** How often it has happened. */
    public long counted(Counter counter) {
        return part("metrics", Metrics.class).value(counter);
    }

    /** Whether the loop has ended. */
    public boolean hasEnded() {
        return !loop.isAlive();
    }

    @Override
    public void close() {
        lander.stop();
        try {
            loop.join(END_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (loop.isAlive()) {
            throw new AssertionError("the loop has not ended");
        }
    }

    /** What only the loop knows, as it was at the end of a turn. */
    private <T> T part(String name, Class<T> type) {
        awaitTurn();
        try {
            Field field = Lander.class.getDeclaredField(name);
            field.setAccessible(true);
            return type.cast(field.get(lander));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Lander has no " + name, e);
        }
    }

    private void awaitTurn() {
        if (!lander.turnsWithin(Duration.ofMillis(END_MS))) {
            throw new AssertionError("the loop does not turn");
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
