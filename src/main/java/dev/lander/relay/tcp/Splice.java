package dev.lander.relay.tcp;

import dev.lander.kernel.Pipe;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * How a direction moves its bytes while it streams: within the system, without copying them. It has a pipe only while
 * there are bytes in it.
 */
final class Splice {
    /** This part of what is large is little: with less at a time, copying costs no more. */
    private static final int SMALL_PART = 4;

    /** So often in a row little has come: the direction streams no more. */
    private static final int TRICKLES = 8;

    private final Splices splices;

    /** Holds bytes that the sink has not taken; null = there are none. */
    private @Nullable Pipe pipe;

    /** Bytes that {@link Splices#park} was told of; 0 = none were. */
    private int parked;

    /** Whether the direction streams. */
    private boolean on;

    /** Whether the last read has brought much. */
    private boolean large;

    /** How often in a row little has come. */
    private int trickles;

    /** For a direction to which much has come. */
    Splice(Splices splices) {
        this.splices = splices;
        this.large = true;
    }

    /** This many bytes were read, and copied. */
    void onRead(int count) {
        boolean much = count >= splices.large();
        on |= large && much;
        large = much;
    }

    /** Whether the direction streams. */
    boolean isOn() {
        return on;
    }

    /**
     * Takes what has come from the source; only while nothing waits.
     *
     * @param most bytes
     * @return how many bytes; 0 when they are to be read instead, be it that there are none
     * @throws IOException when the source was reset
     */
    int take(SocketChannel source, int most) throws IOException {
        assert pipe == null : "what waits would be moved together with what comes";
        Pipe empty = splices.borrow();
        if (empty == null) {
            return 0;
        }
        int count = 0;
        try {
            count = empty.takeFrom(source, most);
        } finally {
            if (count == 0) {
                splices.giveBack(empty);
            }
        }
        if (count > 0) {
            pipe = empty;
            splices.count(count);
            trickles = count < splices.large() / SMALL_PART ? trickles + 1 : 0;
            on = trickles < TRICKLES;
        }
        return count;
    }

    /**
     * Passes on what the sink takes of what was taken.
     *
     * @return how many bytes
     * @throws IOException when the sink is gone
     */
    int pass(SocketChannel sink) throws IOException {
        Pipe full = pipe;
        if (full == null) {
            return 0;
        }
        int count = full.handTo(sink);
        if (full.held() == 0) {
            giveUp(full);
        } else if (parked == 0) {
            parked = full.held();
            splices.park(parked);
        }
        return count;
    }

    /** How often in this turn it may take and pass on, as long as {@link #mayGoOn} says so. */
    int movesInARow() {
        return splices.movesInARow();
    }

    /**
     * Whether another move is worth its calls: the last one was as large as any, and the sink has taken it.
     *
     * @param count bytes of the last one
     */
    boolean mayGoOn(int count) {
        return count == Pipe.CAPACITY && pipe == null;
    }

    /** Bytes that the sink has not taken. */
    int waiting() {
        return pipe == null ? 0 : pipe.held();
    }

    /** What waits is lost. */
    void drop() {
        Pipe full = pipe;
        if (full != null) {
            giveUp(full);
        }
    }

    private void giveUp(Pipe used) {
        pipe = null;
        splices.unpark(parked);
        parked = 0;
        splices.giveBack(used);
    }
}
