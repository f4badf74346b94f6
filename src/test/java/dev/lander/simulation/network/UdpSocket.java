package dev.lander.simulation.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A socket for datagrams as the system has it. */
final class UdpSocket implements Descriptor {
    /** In bytes; what comes while it is full is dropped. */
    private static final int RECEIVE_BUFFER = 208 * 1024;

    /** What a datagram takes in the receive buffer besides its bytes. */
    private static final int OVERHEAD = 512;

    private static final int LONGEST_PAYLOAD = 65_507;

    /** A datagram that has come. */
    record Received(InetSocketAddress sender, ByteBuffer payload) {}

    private final Host host;
    private final Descriptors descriptors;
    private final ArrayDeque<Received> inbox = new ArrayDeque<>();
    private int inboxBytes;
    private int receiveBuffer = RECEIVE_BUFFER;
    private @Nullable InetSocketAddress local;
    private @Nullable InetSocketAddress remote;
    private @Nullable IOException error;
    private boolean closed;
    private Runnable listener = () -> {};

    UdpSocket(Host host, Descriptors descriptors) {
        this.host = host;
        this.descriptors = descriptors;
    }

    @Nullable
    InetSocketAddress local() {
        return local;
    }

    @Nullable
    InetSocketAddress remote() {
        return remote;
    }

    void setReceiveBuffer(int bytes) {
        receiveBuffer = bytes;
    }

    void bind(InetSocketAddress wanted) throws IOException {
        local = host.bindUdp(wanted, this);
    }

    void connect(InetSocketAddress to) throws IOException {
        InetSocketAddress before = local;
        if (before == null) {
            bind(new InetSocketAddress(host.sourceFor(to.getAddress()), 0));
        }
        remote = to;
    }

    void disconnect() {
        remote = null;
        error = null;
    }

    /** Whether a datagram of that sender is for this socket. */
    boolean accepts(InetSocketAddress sender) {
        return remote == null || remote.equals(sender);
    }

    /**
     * Sends a datagram; what an earlier one met is told instead, once.
     *
     * @return false when there is no room for it
     */
    boolean send(ByteBuffer payload, InetSocketAddress to) throws IOException {
        throwError();
        if (payload.remaining() > LONGEST_PAYLOAD) {
            throw new SocketException("Message too long");
        }
        if (local == null) {
            bind(new InetSocketAddress(host.sourceFor(to.getAddress()), 0));
        }
        if (host.sending() == Host.Sending.NO_BUFFERS) {
            throw new SocketException("No buffer space available");
        } else if (host.sending() == Host.Sending.FULL) {
            return false;
        }
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        if (isBarred(to.getAddress())) {
            return true;
        }
        Host target = host.network().find(host, to.getAddress());
        if (target == null
                || host.network().isCut(host, target)
                || host.network().losesDatagram()) {
            return true;
        }
        fly(target, to, bytes);
        if (host.network().doublesDatagram()) {
            fly(target, to, bytes);
        }
        return true;
    }

    /** A connected socket is told of what is prohibited; of a missing host the system tells no program. */
    private boolean isBarred(InetAddress to) {
        Barrier barrier = host.network().barrier(to);
        if (barrier == Barrier.PROHIBITED && remote != null) {
            host.timeline()
                    .after(host.network().delayNs(host, host), () -> onTold(new IOException("No route to host")));
        }
        return barrier != null;
    }

    /** The datagram that came first; null = there is none. */
    @Nullable
    Received receive() throws IOException {
        descriptors.calls().onCall(this);
        throwError();
        Received first = inbox.poll();
        if (first != null) {
            descriptors.calls().onDatagram(local == null ? 0 : local.getPort());
            inboxBytes -= first.payload.capacity() + OVERHEAD;
        }
        return first;
    }

    @Override
    public int poll() {
        return Poll.OUT | (inbox.isEmpty() ? 0 : Poll.IN) | (error == null ? 0 : Poll.ERR);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            descriptors.giveBack();
            if (local != null) {
                host.unbindUdp(local);
            }
        }
    }

    private void fly(Host target, InetSocketAddress to, byte[] bytes) {
        InetSocketAddress from = sourceOf(to);
        host.timeline().after(host.network().delayNs(host, target), () -> {
            UdpSocket found = target.udpAt(to, from);
            if (found != null) {
                found.add(new Received(from, ByteBuffer.wrap(bytes)));
            } else if (remote != null && !host.network().isCut(target, host)) {
                host.timeline().after(host.network().delayNs(target, host), this::onRefused);
            }
        });
    }

    private InetSocketAddress sourceOf(InetSocketAddress to) {
        InetSocketAddress bound = local;
        if (bound == null || bound.getAddress().isAnyLocalAddress()) {
            int port = bound == null ? 0 : bound.getPort();
            return new InetSocketAddress(host.sourceFor(to.getAddress()), port);
        }
        return bound;
    }

    private void add(Received datagram) {
        int length = datagram.payload.capacity() + OVERHEAD;
        if (!closed && inboxBytes + length <= receiveBuffer) {
            inbox.add(datagram);
            inboxBytes += length;
            listener.run();
        }
    }

    @Override
    public void watch(Runnable news) {
        listener = news;
    }

    private void onRefused() {
        onTold(new PortUnreachableException());
    }

    private void onTold(IOException refusal) {
        if (remote != null && !closed) {
            error = refusal;
            listener.run();
        }
    }

    private void throwError() throws IOException {
        IOException told = error;
        if (told != null) {
            error = null;
            throw told;
        }
    }
}
