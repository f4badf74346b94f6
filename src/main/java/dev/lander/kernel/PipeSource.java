package dev.lander.kernel;

import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Where pipes for a machine's sockets are to be had.
 *
 * @param calls loads the machine's calls; throws LinkageError when they are not to be had, whose message says why
 * @param loader runs that, which may take a tenth of a second
 * @param large in bytes: from this much at a time on, a pipe costs less than copying
 */
public record PipeSource(Supplier<PipeCalls> calls, Executor loader, int large) {
    /** Measured on Linux, whose socket buffers are larger than this. */
    private static final int LARGE = 64 * 1024;

    /** The system's own. */
    public static PipeSource ofSystem() {
        return of(LinuxPipeCalls::new);
    }

    /** For the system's sockets, by calls that are loaded so. */
    public static PipeSource of(Supplier<PipeCalls> calls) {
        return new PipeSource(calls, PipeSource::runAside, LARGE);
    }

    private static void runAside(Runnable task) {
        Thread thread = new Thread(task, "splice");
        thread.setDaemon(true);
        thread.start();
    }
}
