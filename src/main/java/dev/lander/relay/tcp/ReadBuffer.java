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

    private final SpillBuffers spills;
    private final Batch<SocketChannel> chunks;

    /** @param spills decide how much one read may take */
    ReadBuffer(Reactor reactor, SpillBuffers spills) {
        this.spills = spills;
        this.chunks = new Batch<>(reactor, WAITING_CHUNKS, SMALL_CHUNK + SpillBuffers.FULL_READ, 0);
    }

    /** Room behind the chunks that wait, for as much as one read may take now; good until it is next asked for. */
    ByteBuffer room() {
        if (chunks.isFull()) {
            chunks.sendAll();
        }
        return chunks.room(spills.readLimit());
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
