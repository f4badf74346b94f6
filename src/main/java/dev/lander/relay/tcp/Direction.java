package dev.lander.relay.tcp;

import dev.lander.listing.Progress;
import dev.lander.relay.Batch;
import dev.lander.relay.Pace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One way of a TCP relay, from its source to its sink. What is read is written on at once or, when it is little,
 * together with other relays' chunks; what the sink does not take is spilled, and then the source is not read until the
 * spill is gone: that is the backpressure. When the source has ended, its end is passed on behind the last byte. While
 * it streams, its bytes are moved by a {@link Splice} instead, as far as they can be.
 */
final class Direction implements Batch.Owner<SocketChannel>, Progress.Way, Pace.Reader {
    private final TcpSide source;
    private final TcpSide sink;

    /** How fast it may read; null = as fast as its sink takes it. */
    private final @Nullable Pace pace;

    /** What the sink has not taken yet; null = nothing. */
    private @Nullable ByteBuffer spill;

    /** Moves its bytes while it streams; null = much has never come at once. */
    private @Nullable Splice splice;

    /** Memory is short: it is read when the sink can write. */
    private boolean waitsForSink;

    /** No more will be read: the source has ended or was reset, or the sink is gone. */
    private boolean ended;

    /** All that was read has been passed on, and so has the end. */
    private boolean over;

    /** Bytes read from the source in all. */
    private long total;

    /** Those of them that {@link #takeCount} has not told yet. */
    private int uncounted;

    /** @param maxBytesPerSecond 0 = as fast as the sink takes it */
    Direction(TcpSide source, TcpSide sink, int maxBytesPerSecond) {
        this.source = source;
        this.sink = sink;
        this.pace = Pace.of(source.relay().context().reactor(), maxBytesPerSecond, this);
    }

    /** Sends what goes ahead of all that is read; whether some of that was read from the source before. */
    boolean lead(Lead lead) {
        int early = lead.early();
        count(early);
        if (lead.bytes().hasRemaining()) {
            writeOrSpill(lead.bytes());
        }
        return early > 0;
    }

    /** The source can be read. */
    void onReadable() {
        if (ended || spilled() > 0 || isPaused()) {
            return;
        }
        if (buffer().spills().isExhausted()) {
            waitsForSink = true;
            return;
        }
        transfer(true);
    }

    @Override
    public void onPaceAllows() {
        source.relay().onReady(source, SelectionKey.OP_READ);
    }

    @Override
    public boolean isPaused() {
        return pace != null && pace.isPaused();
    }

    /** The sink can be written. */
    void onWritable() {
        ByteBuffer waiting = spill;
        if (waiting != null) {
            if (write(waiting) && !waiting.hasRemaining()) {
                dropSpill();
            }
        } else if (splice != null && splice.waiting() > 0) {
            passOn(splice);
        } else if (waitsForSink) {
            waitsForSink = false;
            transfer(false); // the source may be read in this turn once more
        }
        passEndOn();
    }

    /** Whether the source should be announced when it can be read. */
    boolean wantsSource() {
        return !ended && spilled() == 0 && !waitsForSink && !isPaused();
    }

    /** Whether the sink should be announced when it can be written. */
    @Override
    public boolean wantsSink() {
        return spilled() > 0 || waitsForSink;
    }

    boolean isOver() {
        return over;
    }

    /** Nothing more can reach the sink: what waits for it is dropped, and the source is not read any more. */
    void abandon() {
        dropSpill();
        if (splice != null) {
            splice.drop();
        }
        if (pace != null) {
            pace.stop();
        }
        waitsForSink = false;
        ended = true;
        over = true;
    }

    /** How many bytes have been read since the last call. */
    int takeCount() {
        int count = uncounted;
        uncounted = 0;
        return count;
    }

    @Override
    public long total() {
        return total;
    }

    @Override
    public int spilled() {
        int spliced = splice == null ? 0 : splice.waiting();
        return spill == null ? spliced : spill.remaining();
    }

    @Override
    public boolean hasEnded() {
        return ended;
    }

    /** Writes on what was read a moment ago. */
    @Override
    public void send(SocketChannel to, ByteBuffer chunk) {
        if (!over) {
            writeOrSpill(chunk);
            source.relay().settle();
        }
    }

    @Override
    public void onFault(Exception defect) {
        source.onFault(defect);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return source.toString();
    }

    /** Moves bytes on, once. */
    private void transfer(boolean mayWait) {
        if (splice == null || !splice.isOn() || !splice(splice)) {
            copy(mayWait);
        }
    }

    /** Moves what has come within the system; false when it has to be read, as an end has. */
    private boolean splice(Splice moving) {
        buffer().sendWaiting();
        boolean moved = false;
        try {
            int count;
            for (int left = moving.movesInARow(); left > 0; left = moving.mayGoOn(count) ? left - 1 : 0) {
                count = moving.take(source.channel(), buffer().mostAtOnce());
                if (count > 0) {
                    moved = true;
                    count(count);
                    passOn(moving);
                }
            }
        } catch (IOException sourceReset) {
            onReset();
            return true;
        }
        return moved;
    }

    /** Reads once; what was read is written on now, or in a moment if it may wait. */
    private void copy(boolean mayWait) {
        ByteBuffer buffer = buffer().room();
        if (pace != null) {
            pace.limit(buffer);
        }
        int begin = buffer.position();
        int count;
        try {
            count = source.channel().read(buffer);
        } catch (IOException sourceReset) {
            onReset();
            return;
        }
        if (count < 0) {
            ended = true;
            passEndOn();
        } else if (count > 0) {
            count(count);
            onRead(count);
            if (!mayWait || !buffer().putOff(this, sink.channel(), count)) {
                writeOrSpill(buffer.limit(begin + count).position(begin));
            }
        }
    }

    private void onReset() {
        source.markReset();
        ended = true;
        passEndOn();
    }

    private void onRead(int count) {
        if (pace != null) {
            pace.use(count); // and what has a pace is always copied
        } else if (splice != null) {
            splice.onRead(count);
        } else if (count >= source.relay().context().splices().large()) {
            splice = source.relay().context().splices().begin();
        }
    }

    private ReadBuffer buffer() {
        return source.relay().context().buffer();
    }

    private void count(int bytes) {
        total += bytes;
        uncounted += bytes;
    }

    private void writeOrSpill(ByteBuffer bytes) {
        if (write(bytes) && bytes.hasRemaining()) {
            spill = buffer().spills().keep(bytes);
        }
    }

    /**
     * Writes what the sink takes; false when the sink is gone. What it has sent before is still read and passed on by
     * the other direction.
     */
    private boolean write(ByteBuffer bytes) {
        boolean there = sink.write(bytes);
        if (!there) {
            abandon();
        }
        return there;
    }

    /** Passes on what the sink takes of what was spliced. */
    private void passOn(Splice moving) {
        if (!sink.write(moving)) {
            abandon();
        }
    }

    private void passEndOn() {
        if (!ended || over || spilled() > 0) {
            return;
        }
        over = true;
        if (source.isReset() || source.relay().endsWith(this)) {
            return; // the relay passes a reset on, or closes
        }
        sink.shutdownOutput();
    }

    private void dropSpill() {
        if (spill != null) {
            buffer().spills().giveBack(spill);
            spill = null;
        }
    }
}
