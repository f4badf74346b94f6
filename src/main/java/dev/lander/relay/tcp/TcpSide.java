package dev.lander.relay.tcp;

import dev.lander.reactor.ReadyHandler;
import dev.lander.relay.RelayEnd;
import dev.lander.sockets.Channels;
import dev.lander.sockets.KeepAlive;
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

    /** This many bytes reach any peer's system at once, whether the peer reads or not. */
    private static final int ARRIVES_AT_ONCE = 32 * 1024;

    private final TcpRelay relay;
    private final SocketChannel channel;

    /** Null until the relay has begun. */
    private @Nullable SelectionKey key;

    /** The peer has reset the connection. */
    private boolean reset;

    /** The end of what goes to this peer was passed on. */
    private boolean outputShut;

    /** It has once not taken all that was there. */
    private boolean slow;

    /** Bytes written, counted no further than needed. */
    private int written;

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
        relay.close(RelayEnd.FAULT);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return relay.toString();
    }

    SocketChannel channel() {
        return channel;
    }

    TcpRelay relay() {
        return relay;
    }

    /** Registers for these events, for the first time. */
    void announce(int ops) throws IOException {
        key = relay.context().reactor().register(channel, ops, this);
    }

    /** Is announced by this key from now on. */
    void takeOver(SelectionKey key) {
        this.key = key;
        relay.context().reactor().handOver(key, this);
    }

    /** What a side should be announced for: the direction that it feeds wants to read, the other wants to write. */
    static int ops(Direction from, Direction to) {
        return (from.wantsSource() ? SelectionKey.OP_READ : 0) | (to.wantsSink() ? SelectionKey.OP_WRITE : 0);
    }

    /** Asks the loop for these events from now on; costs nothing when they are what it asks for already. */
    void interest(int ops) {
        if (key != null && key.isValid() && key.interestOps() != ops) {
            key.interestOps(ops);
        }
    }

    /** Passes on what the connection takes of what a stream has taken; false when it is gone, as by a reset. */
    boolean write(Splice stream) {
        try {
            switchOffDelay();
            written = Math.min(ARRIVES_AT_ONCE + 1, written + stream.pass(channel));
        } catch (IOException gone) {
            reset = true;
            return false;
        }
        slow |= stream.waiting() > 0;
        return true;
    }

    /**
     * Writes what the connection takes. A first write never waits for Nagle's algorithm; before the second it is
     * switched off, which spares short connections the system call.
     *
     * @return false when it is gone, as by a reset
     */
    boolean write(ByteBuffer bytes) {
        try {
            switchOffDelay();
            written = Math.min(ARRIVES_AT_ONCE + 1, written + channel.write(bytes));
        } catch (IOException gone) {
            reset = true;
            return false;
        }
        slow |= bytes.hasRemaining();
        return true;
    }

    private void switchOffDelay() throws IOException {
        if (written > 0 && !noDelay) {
            noDelay = true;
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
    }

    /** Reads what has come, and drops it; false when the peer has ended or is gone. */
    boolean discardInput(ByteBuffer scrap) {
        try {
            return channel.read(scrap) >= 0;
        } catch (IOException gone) {
            return false;
        }
    }

    void enableKeepAlive() {
        try {
            KeepAlive.enable(channel);
        } catch (IOException gone) {
            // The next read or write will say so.
        }
    }

    /** Nothing more is written: the peer is to read the end behind what was. */
    void shutdownOutput() {
        outputShut = true;
        try {
            channel.shutdownOutput();
        } catch (IOException gone) {
            reset = true;
        }
    }

    boolean isOutputShut() {
        return outputShut;
    }

    /** Whether part of what was written may still wait in this machine for the peer to read. */
    boolean mayBeBehind() {
        return slow || written > ARRIVES_AT_ONCE;
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
    void reset() {
        Channels.reset(channel);
    }

    void close() {
        if (key != null && key.isValid()) {
            relay.context().reactor().closeSoon(key);
        } else {
            Channels.close(channel);
        }
    }
}
