package dev.lander.testing;

import dev.lander.Platform;
import dev.lander.host.Helper;
import dev.lander.host.Machine;
import dev.lander.host.ServiceNotifier;
import dev.lander.kernel.PipeCalls;
import dev.lander.kernel.PipeSource;
import dev.lander.sockets.Sockets;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a Lander in a test runs on: the system, whose streams are spliced as in a running Lander. With
 * {@code -Dlander.test.splice=off} all is copied, with {@code =forced} all is spliced from the third read on, however
 * little comes; so every test can be run with either.
 */
public final class TestPlatform {
    private static final String SPLICE = System.getProperty("lander.test.splice", "auto");

    /** What is little, with splicing forced. */
    private static final int ANY = 1;

    /** Loaded once for all tests of this process. */
    private static final class Forced {
        private static final PipeCalls CALLS = PipeSource.ofSystem().calls().get();
    }

    private TestPlatform() {}

    /** Whether Landers may splice. */
    public static boolean splices() {
        return !SPLICE.equals("off");
    }

    /** Whether all is spliced that can be. */
    public static boolean isForced() {
        return SPLICE.equals("forced");
    }

    /** The system's own. */
    public static Sockets sockets() {
        Supplier<PipeCalls> calls = () -> Forced.CALLS;
        return isForced() ? Sockets.withPipes(new PipeSource(calls, Runnable::run, ANY)) : Sockets.ofSystem();
    }

    /** This machine. */
    public static Platform of(LongSupplier clock) {
        return new Platform(
                clock,
                sockets(),
                ServiceNotifier.none(),
                Machine.descriptorLimit(),
                Machine::isLocal,
                Helper.thread("tls-handshakes"),
                new SplittableRandom());
    }
}
