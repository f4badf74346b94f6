package dev.lander.relay;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.Reactor;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one direction of a relay or flow to a number of bytes per second, by when and how much it may read. When its
 * bucket of {@link #BURST} is nearly empty, reading pauses for a tick; a direction that reads nothing has no timer.
 */
public final class Pace implements DeadlineHandler {
    /** Wants to go on reading. */
    public interface Reader extends FaultHandler {
        /** The pause is over. */
        void onPaceAllows();
    }

    /** Half of the bucket or less, so that a tick that comes late loses nothing. */
    static final Duration TICK = Duration.ofMillis(20);

    /** Bytes of this time may be read at once. */
    static final Duration BURST = Duration.ofMillis(50);

    private static final long SECOND_NS = 1_000_000_000;

    private final Reactor reactor;
    private final Reader reader;
    private final Deadline tick;
    private final int bytesPerSecond;
    private final ByteBucket bucket;

    /** Null when there is no limit: {@code bytesPerSecond} is 0. */
    public static @Nullable Pace of(Reactor reactor, int bytesPerSecond, Reader reader) {
        return bytesPerSecond == 0 ? null : new Pace(reactor, bytesPerSecond, reader);
    }

    /**
     * Nothing was read yet.
     *
     * @param bytesPerSecond more than 0
     */
    public Pace(Reactor reactor, int bytesPerSecond, Reader reader) {
        this.reactor = reactor;
        this.reader = reader;
        this.bytesPerSecond = bytesPerSecond;
        this.tick = reactor.deadlines(TICK).create(this);
        this.bucket = new ByteBucket(bytesPerSecond, BURST.toNanos(), reactor.nowNs());
    }

    /** Whether nothing may be read until {@link Reader#onPaceAllows}. */
    public boolean isPaused() {
        return tick.isStarted();
    }

    /** Whether all that was read has been made up for. */
    public boolean isFull() {
        return bucket.isFull(reactor.nowNs());
    }

    /** Leaves only as much room in the buffer as may be read now. */
    public void limit(ByteBuffer buffer) {
        buffer.limit(buffer.position() + (int) Math.min(buffer.remaining(), bucket.left(reactor.nowNs())));
    }

    /** This many bytes were read. */
    public void use(int bytes) {
        bucket.use(bytes);
        pauseIfUsed();
    }

    /** There is nothing to read any more. */
    public void stop() {
        tick.stop();
    }

    @Override
    public void onDeadline(Deadline due) {
        pauseIfUsed();
        if (!isPaused()) {
            reader.onPaceAllows();
        }
    }

    @Override
    public void onFault(Exception defect) {
        reader.onFault(defect);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return reader.toString();
    }

    private void pauseIfUsed() {
        if (bucket.left(reactor.nowNs()) < Math.max(1, bytesPerSecond * TICK.toNanos() / SECOND_NS)) {
            tick.start();
        }
    }
}
