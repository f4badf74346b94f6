package dev.lander.relay;

import dev.lander.reactor.Channels;
import dev.lander.reactor.ReadyHandler;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One end of a TCP relay: the client's connection or the upstream one. */
final class TcpSide implements ReadyHandler {
    /** Linux makes it its minimum, about 4.5 KB. */
    private static final int SMALLEST_SEND_BUFFER = 1;

    private final TcpRelay relay;
    private final SocketChannel channel;

    /** Null until the relay has begun. */
    private @Nullable SelectionKey key;

    /** The key's interest, as last set. */
    private int interestOps;

    /** The peer has reset the connection. */
    private boolean reset;

    /** The end of what goes to this peer was passed on. */
    private boolean outputShut;

    /** It has once not taken all that was there. */
    private boolean slow;

    private boolean hasWritten;
    private boolean noDelay;

    TcpSide(TcpRelay relay, SocketChannel channel) {
        this.relay = relay;
        this.channel = channel;
    }

    @Override
    public void onReady(int readyOps) {
        relay.onReady(this, readyOps);
    }

    @Override
    public void onFault(Exception fault) {
        relay.close();
    }

    SocketChannel channel() {
        return channel;
    }

    void register(SelectionKey key, int interestOps) {
        this.key = key;
        this.interestOps = interestOps;
    }

    /** Asks the loop for these events from now on; costs nothing when they are what it asks for already. */
    void interest(int ops) {
        if (ops != interestOps && key != null && key.isValid()) {
            interestOps = ops;
            key.interestOps(ops);
        }
    }

    /**
     * Writes what the connection takes. A first write never waits for Nagle's algorithm; before the second it is
     * switched off, which spares short connections the system call.
     */
    void write(ByteBuffer bytes) throws IOException {
        if (hasWritten && !noDelay) {
            noDelay = true;
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        hasWritten = true;
        channel.write(bytes);
        slow |= bytes.hasRemaining();
    }

    void shutdownOutput() throws IOException {
        outputShut = true;
        channel.shutdownOutput();
    }

    boolean isOutputShut() {
        return outputShut;
    }

    boolean wasSlow() {
        return slow;
    }

    boolean isReset() {
        return reset;
    }

    void markReset() {
        reset = true;
    }

    /**
     * From now on the connection counts as writable only when (nearly) all that was written has been acknowledged: a
     * smaller send buffer is the one way that Java has to learn that, and closing by reset discards what was not.
     */
    void awaitDelivery() throws IOException {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SMALLEST_SEND_BUFFER);
        interest(SelectionKey.OP_WRITE);
    }

    /** Closes by a reset instead of an orderly end; what was not delivered yet is discarded. */
    void resetAndClose() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException alreadyGone) {
            // Then it needs no reset.
        }
        close();
    }

    void close() {
        Channels.close(channel);
    }
}
