package dev.lander.relay.tcp;

import dev.lander.reactor.Reactor;
import dev.lander.relay.Batch;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * The loop's one buffer, into which everything from TCP sockets is read. Small chunks wait in its first part until
 * other relays' chunks have been read as well.
 */
final class ReadBuffer {
    /** A longer chunk is written at once: it would hold up those that wait. */
    private static final int SMALL_CHUNK = 16 * 1024;

    /** Bytes of small chunks that may wait. */
    private static final int WAITING_CHUNKS = 64 * 1024;

    /** What one direction may move at once, in bytes, while small chunks of others come. */
    private static final int IN_COMPANY = 128 * 1024;

    /** Others have come of late when they came within so many nanoseconds. */
    private static final long OF_LATE_NS = 1_000_000;

    private final Reactor reactor;
    private final SpillBuffers spills;
    private final Batch<SocketChannel> chunks;

    /** When a small chunk has come last, in the loop's time. */
    private long smallNs;

    /** @param spills decide how much one read may take */
    ReadBuffer(Reactor reactor, SpillBuffers spills) {
        this.reactor = reactor;
        this.spills = spills;
        this.smallNs = reactor.nowNs() - OF_LATE_NS;
        this.chunks = new Batch<>(reactor, WAITING_CHUNKS, SMALL_CHUNK + SpillBuffers.FULL_READ, 0);
    }

    /** Room behind the chunks that wait, for as much as one read may take now; good until it is next asked for. */
    ByteBuffer room() {
        if (chunks.isFull()) {
            chunks.sendAll();
        }
        return chunks.room(Math.min(spills.readLimit(), mostAtOnce()));
    }

    /** What one direction may move at once, in bytes: others' small chunks must not wait long for it. */
    int mostAtOnce() {
        return reactor.nowNs() - smallNs < OF_LATE_NS ? IN_COMPANY : Integer.MAX_VALUE;
    }

    /**
     * Puts off sending what was just read in {@link #room}, until the end of the present burst. False when it is to be
     * written at once, behind those that waited: it is much, or memory is short.
     *
     * @param length of the chunk, in bytes
     */
    boolean putOff(Batch.Owner<SocketChannel> owner, SocketChannel sink, int length) {
        if (length > SMALL_CHUNK || spills.isShort()) {
            chunks.sendAll();
            return false;
        }
        smallNs = reactor.nowNs();
        chunks.addForBurst(owner, sink);
        return true;
    }

    /** Sends what was put off: what comes now would hold it up. */
    void sendWaiting() {
        chunks.sendAll();
    }

    /** Where bytes wait that their peer has not taken. */
    SpillBuffers spills() {
        return spills;
    }
}
