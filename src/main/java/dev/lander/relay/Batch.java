package dev.lander.relay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Pieces that are read one after the other and then sent on one after the other: the same calls in a row cost less than
 * reading and sending in turns. They lie behind one another in one direct buffer.
 *
 * @param <T> whose a piece is, as far as sending it on has to know
 */
public final class Batch<T> {
    /** Where pieces go. */
    public interface Destination<T> {
        /** Sends a piece on, from the buffer's position to its limit. */
        void send(T owner, ByteBuffer piece);

        /** Sending this owner's piece has failed by a defect; the others are sent all the same. */
        void onFault(T owner, RuntimeException defect);
    }

    /** Bounds how long the first piece waits; a turn has seldom more of one kind. */
    private static final int MOST = 256;

    /** The buffer begins with one: what begins just behind costs the kernel more to copy. */
    private static final int PAGE = 4096;

    private final int capacity;
    private final int headroom;
    private final ByteBuffer buffer;
    private final List<T> owners = new ArrayList<>(MOST);
    private final int[] ends = new int[MOST];

    /**
     * An empty batch.
     *
     * @param capacity with so many bytes it is full
     * @param beyond bytes of room behind them: for the piece that fills it, and for what is read while it is full
     * @param headroom bytes that are kept free ahead of each piece, for what is to go before it
     */
    public Batch(int capacity, int beyond, int headroom) {
        this.capacity = capacity;
        this.headroom = headroom;
        this.buffer =
                ByteBuffer.allocateDirect(capacity + headroom + beyond + PAGE).alignedSlice(PAGE);
    }

    public boolean isEmpty() {
        return owners.isEmpty();
    }

    /** Whether nothing more may be added. */
    public boolean isFull() {
        return owners.size() == MOST || end() >= capacity;
    }

    /** Where to read the next piece, or whatever else, of at most so many bytes. */
    public ByteBuffer room(int length) {
        int begin = end() + headroom;
        return buffer.limit(begin + length).position(begin);
    }

    /** What was just read in {@link #room} is a piece. */
    public void add(T owner) {
        ends[owners.size()] = buffer.position();
        owners.add(owner);
    }

    /** Sends all on, in the order in which they came. */
    public void drain(Destination<? super T> destination) {
        int begin = 0;
        for (int i = 0; i < owners.size(); i++) {
            T owner = owners.get(i);
            buffer.limit(ends[i]).position(begin + headroom);
            begin = ends[i];
            try {
                destination.send(owner, buffer);
            } catch (RuntimeException defect) {
                destination.onFault(owner, defect);
            }
        }
        owners.clear();
    }

    /** Where the last piece ends. */
    private int end() {
        return owners.isEmpty() ? 0 : ends[owners.size() - 1];
    }
}
