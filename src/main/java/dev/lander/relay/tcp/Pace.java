package dev.lander.relay.tcp;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.Reactor;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one direction of a relay to a number of bytes per second, by when and how much it may read. A token bucket of
 * {@link #BURST}, kept as the time up to which all has been used. When it is nearly empty, reading pauses for a tick; a
 * direction that reads nothing has no timer.
 */
final class Pace implements DeadlineHandler {
    /** Wants to go on reading. */
    interface Reader extends FaultHandler {
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
    private final long burstNs;

    /** All that may be read until then has been. */
    private long usedNs;

    /** Null when there is no limit: {@code bytesPerSecond} is 0. */
    static @Nullable Pace of(Reactor reactor, int bytesPerSecond, Reader reader) {
        return bytesPerSecond == 0 ? null : new Pace(reactor, bytesPerSecond, reader);
    }

    private Pace(Reactor reactor, int bytesPerSecond, Reader reader) {
        this.reactor = reactor;
        this.reader = reader;
        this.bytesPerSecond = bytesPerSecond;
        this.tick = reactor.deadlines(TICK).create(this);
        this.burstNs = Math.max(BURST.toNanos(), (SECOND_NS + bytesPerSecond - 1) / bytesPerSecond);
        this.usedNs = reactor.nowNs() - burstNs;
    }

    /** Whether nothing may be read until {@link Reader#onPaceAllows}. */
    boolean isPaused() {
        return tick.isStarted();
    }

    /** Leaves only as much room in the buffer as may be read now. */
    void limit(ByteBuffer buffer) {
        buffer.limit(buffer.position() + (int) Math.min(buffer.remaining(), allowed()));
    }

    /** This many bytes were read. */
    void use(int bytes) {
        usedNs += bytes * SECOND_NS / bytesPerSecond;
        pauseIfUsed();
    }

    /** There is nothing to read any more. */
    void stop() {
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
        if (allowed() < Math.max(1, bytesPerSecond * TICK.toNanos() / SECOND_NS)) {
            tick.start();
        }
    }

    private long allowed() {
        usedNs = Math.max(usedNs, reactor.nowNs() - burstNs);
        return (reactor.nowNs() - usedNs) * bytesPerSecond / SECOND_NS;
    }
}
