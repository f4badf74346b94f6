package dev.lander.kernel;

import dev.lander.sockets.Sockets;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The system's calls for pipes, which remembers what is open, and can refuse what the system refuses. */
public final class RecordedPipes implements PipeCalls {
    private static final int EPERM = 1;
    private static final int FIRST = 1 << 12;

    private final PipeCalls system = new LinuxPipeCalls();
    private final Set<Integer> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger largest = new AtomicInteger();

    /** This many may be large at a time. */
    private volatile int allowed = Integer.MAX_VALUE;

    /** Sockets that splice by these calls. */
    public Sockets sockets() {
        return Sockets.withPipes(PipeSource.of(() -> this));
    }

    /**
     * From now on only this many pipes are large at a time, as where {@code pipe-user-pages-soft} says so: more are
     * made, but with two pages.
     */
    public void allow(int pipes) {
        allowed = pipes;
    }

    /** Ends of pipes that are open. */
    public int open() {
        return open.size();
    }

    /** How many pipes were asked for in all. */
    public int made() {
        return made.get();
    }

    @Override
    public int descriptorOf(SocketChannel channel) {
        return system.descriptorOf(channel);
    }

    @Override
    public int pipe(int[] ends) {
        made.incrementAndGet();
        int result = system.pipe(ends);
        if (result == 0) {
            open.add(ends[0]);
            open.add(ends[1]);
        }
        return result;
    }

    @Override
    public int setSize(int end, int bytes) {
        if (open.size() > Pipe.DESCRIPTORS * (long) allowed) {
            system.setSize(end, FIRST);
            return -EPERM;
        }
        return system.setSize(end, bytes);
    }

    /** The most bytes that one call could have moved since this was last asked. */
    public int largest() {
        return largest.getAndSet(0);
    }

    @Override
    public int splice(int from, int to, int most) {
        largest.accumulateAndGet(most, Math::max);
        return system.splice(from, to, most);
    }

    @Override
    public void close(int descriptor) {
        open.remove(descriptor);
        system.close(descriptor);
    }
}
