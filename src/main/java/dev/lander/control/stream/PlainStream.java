package dev.lander.control.stream;

import dev.lander.sockets.Channels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** The connection's bytes as they are. */
public final class PlainStream implements ControlStream {
    /** The JDK copies all of a heap buffer for each write: of a long status, this much is copied at a time. */
    private static final int WRITE_SIZE = 64 * 1024;

    private final SocketChannel channel;

    public PlainStream(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public @Nullable ByteBuffer unencrypted() {
        return null;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        int limit = bytes.limit();
        bytes.limit(Math.min(limit, bytes.position() + WRITE_SIZE));
        try {
            channel.write(bytes);
        } finally {
            bytes.limit(limit);
        }
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public boolean isFlushed() {
        return true;
    }

    @Override
    public boolean isOpenForWriting() {
        return true;
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public int interestOps(boolean reading, boolean writing) {
        return (reading ? SelectionKey.OP_READ : 0) | (writing ? SelectionKey.OP_WRITE : 0);
    }

    @Override
    public boolean isReadable(int readyOps) {
        return (readyOps & SelectionKey.OP_READ) != 0;
    }

    @Override
    public void onReadOn(Runnable readOn) {
        // All that can be read is announced by the socket.
    }

    @Override
    public void close() {
        Channels.close(channel);
    }
}
