package dev.lander.simulation.network;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A TCP connection of a simulated host, non-blocking. */
public final class SimulatedSocketChannel extends SocketChannel implements SimulatedChannel {
    private final TcpSocket socket;
    private final Options options = new Options();
    private boolean connected;
    private boolean connecting;
    private boolean inputShut;
    private boolean outputShut;

    /** The JDK remembers a reset that it has told once. */
    private boolean reset;

    SimulatedSocketChannel(SelectorProvider provider, TcpSocket socket) {
        super(provider);
        this.socket = socket;
        this.connected = socket.remote() != null; // it was accepted, and may have been reset meanwhile
    }

    /** Tells the channel's owner, who has no selector, whenever something has changed. */
    public void watch(Runnable news) {
        socket.watch(news);
    }

    @Override
    public SocketChannel bind(@Nullable SocketAddress local) throws IOException {
        ensureOpen();
        if (local != null) {
            socket.bind((InetSocketAddress) local);
        }
        return this;
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        ensureOpen();
        options.set(name, value);
        if (name == StandardSocketOptions.SO_LINGER && value.equals(0)) {
            socket.closeByReset();
        } else if (name == StandardSocketOptions.SO_SNDBUF) {
            socket.setSendBuffer((Integer) value);
        }
        return this;
    }

    @Override
    @Nullable
    public <T> T getOption(SocketOption<T> name) throws IOException {
        ensureOpen();
        return options.get(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return options.names();
    }

    @Override
    public SocketChannel shutdownInput() throws IOException {
        ensureConnected();
        inputShut = true;
        socket.shutdownInput();
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        ensureConnected();
        if (!outputShut) {
            socket.shutdownOutput();
            outputShut = true;
        }
        return this;
    }

    /** What a program uses of the old kind of socket. */
    @Override
    public Socket socket() {
        try {
            return new SocketView();
        } catch (SocketException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public boolean isConnected() {
        return connected && isOpen();
    }

    @Override
    public boolean isConnectionPending() {
        return connecting;
    }

    @Override
    public boolean connect(SocketAddress remote) throws IOException {
        ensureOpen();
        if (connected) {
            throw new AlreadyConnectedException();
        }
        if (connecting) {
            throw new ConnectionPendingException();
        }
        try {
            connected = socket.connect((InetSocketAddress) remote);
            connecting = !connected;
            return connected;
        } catch (IOException failed) {
            close();
            throw failed;
        }
    }

    @Override
    public boolean finishConnect() throws IOException {
        ensureOpen();
        if (connected) {
            return true;
        }
        if (!connecting) {
            throw new NoConnectionPendingException();
        }
        try {
            connected = socket.finishConnect();
            connecting = !connected;
            return connected;
        } catch (IOException failed) {
            close();
            throw failed;
        }
    }

    @Override
    @Nullable
    public SocketAddress getRemoteAddress() throws IOException {
        ensureOpen();
        return socket.remote();
    }

    @Override
    @Nullable
    public SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return socket.local();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        ensureConnected();
        if (reset) {
            throw new SocketException("Connection reset");
        }
        if (inputShut) {
            return -1;
        }
        try {
            return socket.read(target);
        } catch (IOException fault) {
            reset = true;
            throw fault;
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        long read = 0;
        for (int i = offset; i < offset + length; i++) {
            int count = read(targets[i]);
            if (count < 0) {
                return read == 0 ? -1 : read;
            }
            read += count;
        }
        return read;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        ensureConnected();
        if (outputShut) {
            throw new AsynchronousCloseException(); // so says the JDK, though nobody else has closed it
        }
        return socket.write(source);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        long written = 0;
        for (int i = offset; i < offset + length; i++) {
            written += write(sources[i]);
            if (sources[i].hasRemaining()) {
                break;
            }
        }
        return written;
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        if (!isRegistered()) {
            socket.close();
        } else if (connected && !Integer.valueOf(0).equals(options.get(StandardSocketOptions.SO_LINGER))) {
            socket.shutdownOutput();
        }
    }

    @Override
    public void onDeregistered() {
        if (!isOpen()) {
            socket.close();
        }
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        // Nothing here ever blocks.
    }

    @Override
    public Descriptor descriptor() {
        return socket;
    }

    @Override
    public int readyOps(int events, int interestOps) {
        int ops = 0;
        if (connected && (events & Poll.IN) != 0) {
            ops |= SelectionKey.OP_READ;
        }
        if ((events & Poll.OUT) != 0) {
            ops |= connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT;
        }
        return ops & interestOps;
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void ensureConnected() throws ClosedChannelException {
        ensureOpen();
        if (!connected) {
            throw new NotYetConnectedException();
        }
    }

    private final class SocketView extends Socket {
        SocketView() throws SocketException {
            super((SocketImpl) null);
        }

        @Override
        public void setOOBInline(boolean on) {
            // No urgent data is simulated.
        }

        @Override
        public InputStream getInputStream() {
            return new InputStream() {
                @Override
                public int read() {
                    throw new UnsupportedOperationException("a simulated socket is read by its channel");
                }

                @Override
                public int read(byte[] target, int offset, int length) {
                    return read();
                }

                @Override
                public int available() {
                    return socket.available();
                }
            };
        }
    }
}
