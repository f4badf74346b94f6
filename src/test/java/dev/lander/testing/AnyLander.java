package dev.lander.testing;

import dev.lander.Lander;
import dev.lander.options.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;

/**
 * A Lander in this process like {@link RunningLander}, but on every or another address and with a clock of any kind.
 */
public final class AnyLander implements AutoCloseable {
    private static final long END_MS = 10_000;

    private final Lander lander;
    private final Thread loop;

    /** Starts it, bound to this address. */
    public static AnyLander startAt(InetAddress bind, TestOptions options) throws IOException {
        return new AnyLander(options.build(bind), System::nanoTime);
    }

    private AnyLander(Options options, LongSupplier clock) throws IOException {
        this.lander = new Lander(options, TestPlatform.of(clock));
        this.loop = new Thread(this::serve, "reactor");
        loop.start();
    }

    /** Starts it. */
    public static AnyLander start(TestOptions options, LongSupplier clock) throws IOException {
        return new AnyLander(options.build(null), clock);
    }

    /** The control channel at this address of the machine's. */
    public InetSocketAddress controlAddress(InetAddress host) throws IOException {
        return new InetSocketAddress(host, lander.controlAddress().getPort());
    }

    /** A new control connection from and to loopback. */
    public ControlPeer control() throws IOException {
        return ControlPeer.connect(controlAddress(InetAddress.getLoopbackAddress()));
    }

    /** The balancer itself. */
    public Lander lander() {
        return lander;
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

    private void serve() {
        try {
            lander.run();
        } catch (IOException fault) {
            throw new AssertionError("the loop has failed", fault);
        }
    }
}
