package dev.lander.simulation.network;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A socket for datagrams of a simulated host, non-blocking. */
public final class SimulatedDatagramChannel extends DatagramChannel implements SimulatedChannel {
    private final UdpSocket socket;
    private final Options options = new Options();

    SimulatedDatagramChannel(SimulatedProvider provider, UdpSocket socket) {
        super(provider);
        this.socket = socket;
    }

    /** Tells the channel's owner, who has no selector, whenever a datagram has come. */
    public void watch(Runnable news) {
        socket.watch(news);
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface on) {
        throw new UnsupportedOperationException("no multicast is simulated");
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface on, @Nullable InetAddress source) {
        throw new UnsupportedOperationException("no multicast is simulated");
    }

    @Override
    public DatagramChannel bind(@Nullable SocketAddress local) throws IOException {
        ensureOpen();
        socket.bind(local == null ? new InetSocketAddress(0) : (InetSocketAddress) local);
        return this;
    }

    @Override
    public <T> DatagramChannel setOption(SocketOption<T> name, T value) throws IOException {
        ensureOpen();
        options.set(name, value);
        if (name == StandardSocketOptions.SO_RCVBUF) {
            socket.setReceiveBuffer((Integer) value);
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
    public DatagramSocket socket() {
        throw new UnsupportedOperationException("a simulated datagram socket is used by its channel");
    }

    @Override
    public boolean isConnected() {
        return socket.remote() != null;
    }

    @Override
    public DatagramChannel connect(SocketAddress remote) throws IOException {
        ensureOpen();
        if (isConnected()) {
            throw new AlreadyConnectedException();
        }
        socket.connect((InetSocketAddress) remote);
        return this;
    }

    @Override
    public DatagramChannel disconnect() {
        socket.disconnect();
        return this;
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
    @Nullable
    public SocketAddress receive(ByteBuffer target) throws IOException {
        ensureOpen();
        if (socket.local() == null) {
            return null;
        }
        UdpSocket.Received datagram = socket.receive();
        if (datagram == null) {
            return null;
        }
        put(datagram, target);
        return datagram.sender();
    }

    @Override
    public int send(ByteBuffer source, SocketAddress target) throws IOException {
        ensureOpen();
        InetSocketAddress remote = socket.remote();
        if (remote != null && !remote.equals(target)) {
            throw new AlreadyConnectedException();
        }
        int length = source.remaining();
        return socket.send(source, (InetSocketAddress) target) ? length : 0;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        ensureConnected();
        UdpSocket.Received datagram = socket.receive();
        if (datagram == null) {
            return 0;
        }
        int length = put(datagram, target);
        return length == 0 ? -1 : length; // as the JDK does it
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw new UnsupportedOperationException("no scattering read of datagrams is simulated");
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        InetSocketAddress remote = ensureConnected();
        int length = source.remaining();
        // The JDK sends no empty one.
        return length == 0 || socket.send(source, remote) ? length : 0;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new UnsupportedOperationException("no gathering write of datagrams is simulated");
    }

    @Override
    protected void implCloseSelectableChannel() {
        if (!isRegistered()) {
            socket.close();
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
        int ops = (events & Poll.IN) == 0 ? 0 : SelectionKey.OP_READ;
        ops |= (events & Poll.OUT) == 0 ? 0 : SelectionKey.OP_WRITE;
        return ops & interestOps;
    }

    private static int put(UdpSocket.Received datagram, ByteBuffer target) {
        int length = Math.min(datagram.payload().capacity(), target.remaining());
        target.put(datagram.payload().limit(length));
        return length;
    }

    private InetSocketAddress ensureConnected() throws ClosedChannelException {
        ensureOpen();
        InetSocketAddress remote = socket.remote();
        if (remote == null) {
            throw new NotYetConnectedException();
        }
        return remote;
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }
}
