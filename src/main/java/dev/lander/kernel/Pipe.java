package dev.lander.kernel;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way from one connection to another that stay within the system. What is taken from the one, in pages
 * that are not copied, waits here until the other takes it.
 */
public final class Pipe {
    /**
     * How much one holds, in bytes. With Linux' usual 64 KiB it costs more than copying: the pages are handed over in
     * too many pieces.
     */
    public static final int CAPACITY = 1024 * 1024;

    /** The descriptors of one. */
    public static final int DESCRIPTORS = 2;

    private static final int EPERM = 1;
    private static final int EAGAIN = 11;
    private static final int ENOMEM = 12;
    private static final int EINVAL = 22;
    private static final int ENOSYS = 38;

    private final PipeCalls calls;
    private final int readEnd;
    private final int writeEnd;

    /** Bytes in it. */
    private int held;

    private Pipe(PipeCalls calls, int readEnd, int writeEnd) {
        this.calls = calls;
        this.readEnd = readEnd;
        this.writeEnd = writeEnd;
    }

    /**
     * An empty one; null when the system does not give one of {@link #CAPACITY}. To a user that has as many pages in
     * pipes as {@code /proc/sys/fs/pipe-user-pages-soft} allows it gives one of two pages, and says nothing.
     */
    public static @Nullable Pipe open(PipeCalls calls) {
        int[] ends = new int[DESCRIPTORS];
        if (calls.pipe(ends) < 0) {
            return null;
        }
        Pipe pipe = new Pipe(calls, ends[0], ends[1]);
        if (calls.setSize(pipe.writeEnd, CAPACITY) < CAPACITY) {
            pipe.close();
            return null;
        }
        return pipe;
    }

    /**
     * Takes what has come from a connection; only while nothing is held.
     *
     * @param most bytes, if that is less than {@link #CAPACITY}
     * @return how many bytes; 0 when none can be had so: an ordinary read says whether there are none, they can't be
     *     spliced, or the connection has ended. Where the next byte is urgent, the system says here that it has.
     * @throws IOException when the connection is broken; an ordinary read would not tell again
     */
    public int takeFrom(SocketChannel source, int most) throws IOException {
        assert held == 0 : "what is held now would be moved together with what comes";
        int result = source.isOpen() ? calls.splice(calls.descriptorOf(source), writeEnd, Math.min(most, CAPACITY)) : 0;
        if (result < 0 && !isRefusal(-result)) {
            throw new IOException("splice from a connection: error " + -result);
        }
        held = Math.max(0, result);
        return held;
    }

    /**
     * Hands on to a connection what it takes.
     *
     * @return how many bytes
     * @throws IOException when the connection is broken
     */
    public int handTo(SocketChannel sink) throws IOException {
        int result = sink.isOpen() ? calls.splice(readEnd, calls.descriptorOf(sink), held) : 0;
        if (result < 0 && result != -EAGAIN) {
            throw new IOException("splice to a connection: error " + -result);
        }
        int count = Math.max(0, result);
        held -= count;
        return count;
    }

    /** Bytes taken and not yet handed on. */
    public int held() {
        return held;
    }

    /** Closes it; what it holds is lost. */
    public void close() {
        calls.close(readEnd);
        calls.close(writeEnd);
    }

    /** Whether nothing has become of the connection: such a call is not for it, or not now. */
    private static boolean isRefusal(int error) {
        return error == EAGAIN || error == EINVAL || error == ENOMEM || error == ENOSYS || error == EPERM;
    }
}
