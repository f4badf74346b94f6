package dev.lander.relay.tcp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Where bytes wait that a peer did not take: pooled direct buffers of a few sizes, with one budget for all relays. From
 * half of it on reads are small, so that little can spill; when it is used up, a direction reads only once its peer can
 * write.
 */
public final class SpillBuffers {
    /**
     * What one read may take at most while there is plenty: for one stream 64 KiB cost three times the CPU per byte.
     */
    static final int FULL_READ = 512 * 1024;

    /** What one read may take at most when memory is short. */
    static final int SMALL_READ = 16 * 1024;

    private static final long MAX_BUDGET = 64L * 1024 * 1024;
    private static final long MAX_POOLED = 8L * 1024 * 1024;

    /** What waits within the system takes at most this part of the budget; the rest is for what is copied. */
    private static final int PARKED_PART = 4;

    /** Buffers of one size that wait for their next use. */
    private record Shelf(int size, ArrayDeque<ByteBuffer> buffers) {}

    private final List<Shelf> shelves = List.of(
            new Shelf(SMALL_READ, new ArrayDeque<>()),
            new Shelf(4 * SMALL_READ, new ArrayDeque<>()),
            new Shelf(FULL_READ, new ArrayDeque<>()));

    private final long budget;

    /** Bytes of the buffers in use, and those parked. */
    private long used;

    /** Bytes that wait within the system, in no buffer. */
    private long parked;

    /** Bytes of the buffers on the shelves. */
    private long pooled;

    /**
     * An empty pool.
     *
     * @param directMemory bytes of direct memory that the process may use
     */
    public SpillBuffers(long directMemory) {
        this.budget = Math.min(MAX_BUDGET, directMemory / 4);
    }

    /** How much one read may take now, in bytes. */
    int readLimit() {
        return isShort() ? SMALL_READ : FULL_READ;
    }

    /** What may be in use and parked before nothing more is read that might spill, in bytes. */
    long budget() {
        return budget;
    }

    /** Whether half of the budget is used up. */
    boolean isShort() {
        return used >= budget / 2;
    }

    /** Whether the budget is used up: then only what a peer can take should be read. */
    boolean isExhausted() {
        return used >= budget;
    }

    /** Bytes of the buffers in use, and those parked. */
    long used() {
        return used;
    }

    /** Bytes that wait within the system. */
    long parked() {
        return parked;
    }

    /** Whether this many bytes more may wait within the system. */
    boolean mayPark(int bytes) {
        return parked + bytes <= budget / PARKED_PART;
    }

    /** This many bytes wait within the system, and count as spilled. */
    void park(int bytes) {
        parked += bytes;
        used += bytes;
    }

    /** This many of those wait no more. */
    void unpark(int bytes) {
        parked -= bytes;
        used -= bytes;
        assert parked >= 0 : "more bytes were taken out than were parked";
    }

    /** Keeps a copy of what remains in the source, at most {@link #FULL_READ} bytes, ready to be read. */
    ByteBuffer keep(ByteBuffer source) {
        Shelf shelf = shelfFor(source.remaining());
        ByteBuffer buffer = shelf.buffers.pollLast();
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(shelf.size);
        } else {
            pooled -= shelf.size;
            assert pooled >= 0 : "more spill buffers were taken than are pooled";
        }
        used += shelf.size;
        buffer.clear();
        buffer.put(source);
        buffer.flip(); // will be written to the peer
        return buffer;
    }

    /** Takes back a buffer that {@link #keep} gave; what is left in it is lost. */
    void giveBack(ByteBuffer buffer) {
        used -= buffer.capacity();
        assert used >= 0 : "a spill buffer was given back twice";
        if (pooled + buffer.capacity() <= MAX_POOLED) {
            pooled += buffer.capacity();
            shelfFor(buffer.capacity()).buffers.addLast(buffer);
        }
    }

    private Shelf shelfFor(int bytes) {
        for (Shelf shelf : shelves) {
            if (bytes <= shelf.size) {
                return shelf;
            }
        }
        throw new IllegalArgumentException(bytes + " bytes are more than one read takes");
    }
}
