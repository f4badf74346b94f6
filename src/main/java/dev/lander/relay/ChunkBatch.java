package dev.lander.relay;

import dev.lander.reactor.Reactor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The loop's one read buffer. Small chunks are all read before they are written on, as in {@link DatagramBatch}; until
 * then they stay in its first part.
 */
final class ChunkBatch {
    private static final int CAPACITY = 64 * 1024;
    private static final int MOST = 256;

    private final Reactor reactor;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(CAPACITY + SpillBuffers.FULL_READ);
    private final @Nullable Direction[] directions = new Direction[MOST];
    private final int[] ends = new int[MOST];
    private final Runnable drain = this::drain;
    private int count;

    ChunkBatch(Reactor reactor) {
        this.reactor = reactor;
    }

    /** Where to read the next chunk, or whatever else, of at most so many bytes. */
    ByteBuffer room(int length) {
        int begin = begin(count);
        return buffer.limit(begin + length).position(begin);
    }

    /** What was just read in {@link #room} is written later, unless there is too much. */
    boolean add(Direction direction) {
        if (count == MOST || buffer.position() > CAPACITY) {
            return false;
        }
        if (count == 0) {
            reactor.atBurstEnd(drain);
        }
        directions[count] = direction;
        ends[count] = buffer.position();
        count++;
        return true;
    }

    /** Writes all on, in the order in which they came. */
    private void drain() {
        try {
            for (int i = 0; i < count; i++) { // more may come meanwhile, as when one relay makes room for another
                Direction direction = directions[i];
                if (direction != null) {
                    buffer.limit(ends[i]).position(begin(i));
                    write(direction);
                }
            }
        } finally {
            Arrays.fill(directions, 0, count, null); // a relay that ends is garbage
            count = 0;
        }
    }

    private void write(Direction direction) {
        try {
            direction.writeChunk(buffer);
        } catch (RuntimeException fault) {
            reactor.contain(direction.source(), fault);
        }
    }

    /** Where the chunk of this number begins. */
    private int begin(int number) {
        return number == 0 ? 0 : ends[number - 1];
    }
}
