package dev.lander.cluster.members;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Future;

/**
 * Bytes to a member. When it takes none for so long, its connection is closed: else whoever writes next to it waits as
 * well, and with it all that goes to the others, until the system gives up after a quarter of an hour.
 */
final class LimitedOutput extends FilterOutputStream {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Socket socket;
    private final TimeLimits limits;

    LimitedOutput(OutputStream out, Socket socket, TimeLimits limits) {
        super(out);
        this.socket = socket;
        this.limits = limits;
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        Future<?> limit = limits.of(LIMIT, socket);
        try {
            out.write(bytes, from, length);
        } finally {
            limit.cancel(false);
        }
    }
}
