package dev.lander.relay;

import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.Reactor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Pieces that are read one after the other and then sent on one after the other: the same calls in a row cost less than
 * reading and sending in turns. They lie behind one another in one direct buffer.
 *
 * @param <A> what an owner has to know of each piece besides its bytes, as the peer's address
 */
public final class Batch<A> {
    /** Whose a piece is. It hears of a defect in sending it; the other pieces are sent all the same. */
    public interface Owner<A> extends FaultHandler {
        /** Sends a piece on, from the buffer's position to its limit. */
        void send(A about, ByteBuffer piece);
    }

    /** Bounds how long the first piece waits; a turn has seldom more of one kind. */
    private static final int MAX_PIECES = 256;

    /** The buffer begins with one: what begins just behind costs the kernel more to copy. */
    private static final int PAGE = 4096;

    private final Reactor reactor;
    private final int capacity;
    private final int headroom;
    private final ByteBuffer buffer;
    private final List<Owner<? super A>> owners = new ArrayList<>(MAX_PIECES);
    private final List<A> abouts = new ArrayList<>(MAX_PIECES);
    private final int[] ends = new int[MAX_PIECES];
    private final Runnable sendAll = this::sendAll;

    /**
     * An empty batch.
     *
     * @param capacity with this many bytes it is full
     * @param beyond bytes of room behind them: for the piece that fills it, and for what is read while it is full
     * @param headroom bytes that are kept free ahead of each piece, for what is to go before it
     */
    public Batch(Reactor reactor, int capacity, int beyond, int headroom) {
        this.reactor = reactor;
        this.capacity = capacity;
        this.headroom = headroom;
        // An aligned slice begins and ends at a page's border, and may lose up to a page at each end.
        this.buffer = ByteBuffer.allocateDirect(capacity + headroom + beyond + 2 * PAGE)
                .alignedSlice(PAGE);
    }

    /** Whether nothing more may be added. */
    public boolean isFull() {
        return owners.size() == MAX_PIECES || end() >= capacity;
    }

    /** Where to read the next piece, or whatever else, of at most this many bytes. */
    public ByteBuffer room(int length) {
        int begin = end() + headroom;
        return buffer.limit(begin + length).position(begin);
    }

    /** What was just read in {@link #room} is a piece; {@link #sendAll} is to be called. */
    public void add(Owner<? super A> owner, A about) {
        assert buffer.position() >= end() + headroom : "a piece lies within the one before it";
        ends[owners.size()] = buffer.position();
        owners.add(owner);
        abouts.add(about);
    }

    /** Like {@link #add}, and all is sent at the end of the present burst of handlers at the latest. */
    public void addForBurst(Owner<? super A> owner, A about) {
        if (owners.isEmpty()) {
            reactor.atBurstEnd(sendAll);
        }
        add(owner, about);
    }

    /** Sends all on, in the order in which they came. */
    public void sendAll() {
        int begin = 0;
        int pieces = owners.size();
        for (int i = 0; i < pieces; i++) {
            Owner<? super A> owner = owners.get(i);
            buffer.limit(ends[i]).position(begin + headroom);
            begin = ends[i];
            try {
                owner.send(abouts.get(i), buffer);
            } catch (RuntimeException defect) {
                reactor.contain(owner, defect);
            }
        }
        assert owners.size() == pieces : "a piece was added while the batch was sent, and would be lost";
        owners.clear();
        abouts.clear();
    }

    /** Where the last piece ends. */
    private int end() {
        return owners.isEmpty() ? 0 : ends[owners.size() - 1];
    }
}
