package dev.lander.simulation.network;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a TCP connection as the system has it. Bytes that were written stay in the send buffer until the other
 * end's receive buffer has them; the end of the stream follows behind the last of them.
 */
final class TcpSocket implements Descriptor {
    private static final int RECEIVE_BUFFER = 64 * 1024;
    private static final int SEND_BUFFER = 64 * 1024;

    /** Linux allows no smaller one. */
    private static final int SMALLEST_SEND_BUFFER = 4_608;

    /** A packet that is lost is sent again after this time, and then after twice that, and so on. */
    private static final long RETRANSMIT_NS = 200_000_000L;

    private static final long MOST_RETRANSMIT_NS = 120_000_000_000L;
    private static final int RETRANSMITS = 15;
    private static final int SYN_RETRIES = 6;

    /** What a new connection sends at once: ten segments (RFC 6928). */
    private static final int FIRST_FLIGHT = 14_600;

    private static final long SYN_RETRY_NS = 1_000_000_000L;

    /** What has become of the connection. */
    private enum Life {
        NEW,
        CONNECTING,
        CONNECTED,
        /** Reset, by either end, or never made. */
        DEAD
    }

    private final Host host;

    /** Of the process that has it; null = it was not accepted yet. */
    private @Nullable Descriptors descriptors;

    private final ByteQueue inbox = new ByteQueue();
    private final ByteQueue outbox = new ByteQueue();

    /** What was under way when this end was aborted: it arrives ahead of the reset. */
    private final ByteQueue lastFlight = new ByteQueue();

    private Life life = Life.NEW;
    private @Nullable InetSocketAddress local;
    private @Nullable InetSocketAddress remote;
    private @Nullable TcpSocket peer;

    /** Told once by the next call; null = nothing went wrong. */
    private @Nullable IOException error;

    private int sendBuffer = SEND_BUFFER;
    private boolean lingersNot;

    /** The program has no descriptor of it any more. */
    private boolean orphan;

    private boolean outputShut;
    private boolean inputShut;
    private boolean finSent;
    private boolean finReceived;

    /** A segment is on its way, or waits to be sent again. */
    private boolean sending;

    private int retransmits;

    /** Told whenever something has changed that its owner can see. */
    private Runnable listener = () -> {};

    TcpSocket(Host host, @Nullable Descriptors descriptors) {
        this.host = host;
        this.descriptors = descriptors;
    }

    /** A process has it from now on. */
    void onAccepted(Descriptors its) throws SocketException {
        its.take();
        descriptors = its;
    }

    @Nullable
    InetSocketAddress local() {
        return local;
    }

    @Nullable
    InetSocketAddress remote() {
        return remote;
    }

    @Override
    public void watch(Runnable news) {
        listener = news;
    }

    boolean isConnected() {
        return life == Life.CONNECTED;
    }

    void bind(InetSocketAddress wanted) throws IOException {
        local = host.bindTcp(wanted, false);
    }

    void setSendBuffer(int bytes) {
        sendBuffer = Math.max(SMALLEST_SEND_BUFFER, bytes);
        listener.run();
    }

    void closeByReset() {
        lingersNot = true;
    }

    /** Begins to connect; true when the connection stands at once. */
    boolean connect(InetSocketAddress to) throws IOException {
        InetSocketAddress from =
                local == null ? new InetSocketAddress(host.sourceFor(to.getAddress()), host.freeTcpPort()) : local;
        life = Life.CONNECTING;
        local = from;
        remote = to;
        host.addConnection(this, from, to);
        if (host.connectsAtOnce() && host.isLocal(to.getAddress())) {
            arrive(0);
            throwError();
            return isConnected();
        }
        sendSyn(0);
        return false;
    }

    /** Whether the connection stands now. */
    boolean finishConnect() throws IOException {
        throwError();
        return isConnected();
    }

    int read(ByteBuffer target) throws IOException {
        countCall();
        if (!inbox.isEmpty()) {
            int count = inbox.take(target);
            if (peer != null) {
                peer.send();
            }
            return count;
        }
        if (finReceived) {
            return -1; // whatever came behind it
        }
        throwError();
        return inputShut || life == Life.DEAD ? -1 : 0;
    }

    int write(ByteBuffer source) throws IOException {
        countCall();
        if (error instanceof SocketException) {
            error = null;
            throw new IOException("Connection reset by peer"); // the JDK tells a write of it by another class
        }
        throwError();
        if (outputShut || life == Life.DEAD) {
            throw new IOException("Broken pipe");
        }
        int count = Math.min(source.remaining(), Math.max(0, sendBuffer - outbox.size()));
        outbox.add(source, count);
        send();
        return count;
    }

    private void countCall() {
        if (descriptors != null) {
            descriptors.calls().onCall(this);
        }
    }

    int available() {
        return inbox.size();
    }

    void shutdownOutput() {
        outputShut = true;
        send();
        listener.run();
    }

    void shutdownInput() {
        inputShut = true;
        listener.run();
    }

    @Override
    public int poll() {
        if (life == Life.NEW) {
            return Poll.OUT | Poll.HUP;
        }
        if (life == Life.CONNECTING) {
            return 0;
        }
        int events = error == null ? 0 : Poll.ERR;
        boolean dead = life == Life.DEAD;
        if (!inbox.isEmpty() || finReceived || inputShut || dead) {
            events |= Poll.IN;
        }
        if (dead || outputShut || 3 * outbox.size() <= 2 * sendBuffer) {
            events |= Poll.OUT;
        }
        if (dead || (finReceived && outputShut)) {
            events |= Poll.HUP;
        }
        return events;
    }

    /** The program gives its descriptor back; what was written is still delivered, unless something was not read. */
    @Override
    public void close() {
        if (orphan) {
            return;
        }
        if (descriptors != null) {
            descriptors.giveBack();
        }
        orphan = true;
        if (life == Life.CONNECTED && !lingersNot && inbox.isEmpty()) {
            outputShut = true;
            send();
            forgetIfOver();
        } else {
            abort();
        }
    }

    /** Ends at once: the other end is told by a reset, and what was not under way to it yet is lost. */
    void abort() {
        orphan = true;
        boolean answered = life == Life.CONNECTING && peer != null; // the answer will find nobody
        boolean tells = life == Life.CONNECTED || answered;
        TcpSocket other = peer;
        if (tells && sending && other != null && other.life == Life.CONNECTED && !other.orphan) {
            int underWay = Math.min(outbox.size(), Math.min(FIRST_FLIGHT, other.room()));
            outbox.moveTo(lastFlight, underWay);
        }
        die(null);
        if (tells && other != null) {
            sendReset(other);
        }
    }

    private void sendSyn(int tries) {
        if (tries > SYN_RETRIES) {
            die(new ConnectException("Connection timed out"));
            return;
        }
        InetSocketAddress to = remote;
        if (to != null && host.network().barrier(to.getAddress()) != null) {
            host.timeline().after(host.network().delayNs(host, host), () -> {
                if (life == Life.CONNECTING) {
                    die(new NoRouteToHostException("No route to host"));
                }
            });
            return;
        }
        Host target = to == null ? null : host.network().find(host, to.getAddress());
        if (target == null
                || host.network().isCut(host, target)
                || host.network().isCut(target, host)) {
            host.timeline().after(SYN_RETRY_NS << tries, () -> {
                if (life == Life.CONNECTING) {
                    sendSyn(tries + 1);
                }
            });
            return;
        }
        host.timeline().after(host.network().delayNs(host, target), () -> arrive(tries));
    }

    /** The connect has arrived at the other host. */
    private void arrive(int tries) {
        InetSocketAddress from = local;
        InetSocketAddress to = remote;
        if (life != Life.CONNECTING || from == null || to == null) {
            return;
        }
        Host target = host.network().find(host, to.getAddress());
        if (target == null) {
            die(new NoRouteToHostException("No route to host"));
            return;
        }
        if (target == host && from.equals(to)) {
            establish(this); // TCP's simultaneous open, with itself
            return;
        }
        TcpListener listener = target.listenerAt(to);
        if (listener == null) {
            answer(target, () -> die(new ConnectException("Connection refused")));
        } else if (listener.isFull()) {
            host.timeline().after(SYN_RETRY_NS << tries, () -> sendSyn(tries + 1));
        } else {
            TcpSocket accepted = new TcpSocket(target, null);
            accepted.local = to;
            accepted.remote = from;
            accepted.establish(this);
            target.addConnection(accepted, to, from);
            listener.add(accepted);
            peer = accepted;
            answer(target, () -> {
                if (life == Life.CONNECTING) {
                    establish(accepted);
                    accepted.send();
                }
            });
        }
    }

    private void answer(Host target, Runnable news) {
        if (host.connectsAtOnce() && target == host) {
            news.run();
        } else {
            host.timeline().after(host.network().delayNs(target, host), () -> {
                if (life == Life.CONNECTING) {
                    news.run();
                }
            });
        }
    }

    private void establish(TcpSocket other) {
        life = Life.CONNECTED;
        peer = other;
        listener.run();
    }

    /** Sends what there is to send, unless something is under way already or the other end has no room. */
    private void send() {
        TcpSocket other = peer;
        if (sending || other == null || life != Life.CONNECTED || !hasToSend(other)) {
            return;
        }
        sending = true;
        host.timeline().after(host.network().delayNs(host, other.host), () -> deliver(other));
    }

    private boolean hasToSend(TcpSocket other) {
        boolean bytes = !outbox.isEmpty() && (other.orphan || other.life != Life.CONNECTED || other.room() > 0);
        return bytes || (outbox.isEmpty() && outputShut && !finSent);
    }

    private int room() {
        return Math.max(0, RECEIVE_BUFFER - inbox.size());
    }

    private void deliver(TcpSocket other) {
        sending = false;
        if (life != Life.CONNECTED) {
            return;
        }
        if (host.network().isCut(host, other.host) || host.network().isCut(other.host, host)) {
            retransmit(other);
            return;
        }
        retransmits = 0;
        if (other.life == Life.CONNECTING) {
            send(); // its own news of the connection is still under way
            return;
        }
        if (other.life == Life.DEAD || (other.orphan && !outbox.isEmpty())) {
            other.die(null);
            other.sendReset(this);
            return;
        }
        if (!outbox.isEmpty()) {
            int available = Math.min(outbox.size(), other.room());
            if (available > 0) {
                outbox.moveTo(other.inbox, host.network().segment(available));
                other.listener.run();
                listener.run();
            }
        } else if (outputShut && !finSent) {
            finSent = true;
            other.finReceived = true;
            other.listener.run();
            other.forgetIfOver();
            forgetIfOver();
        }
        send();
    }

    private void retransmit(TcpSocket other) {
        if (retransmits >= RETRANSMITS) {
            die(new SocketException("Connection timed out"));
            return;
        }
        sending = true;
        long pauseNs = Math.min(MOST_RETRANSMIT_NS, RETRANSMIT_NS << retransmits);
        retransmits++;
        host.timeline().after(pauseNs, () -> deliver(other));
    }

    private void sendReset(TcpSocket other) {
        if (host.network().isCut(host, other.host)) {
            // It is lost; but keep-alive finds the other end gone, if nothing else does.
            host.network().onHealed(host, other.host, () -> sendReset(other));
        } else {
            host.timeline().after(host.network().delayNs(host, other.host), () -> {
                if (other.life == Life.CONNECTED || other.life == Life.CONNECTING) {
                    if (!other.orphan) {
                        lastFlight.moveTo(other.inbox, lastFlight.size());
                    }
                    other.die(
                            other.finReceived
                                    ? new IOException("Broken pipe")
                                    : new SocketException("Connection reset"));
                }
            });
        }
    }

    private void die(@Nullable IOException cause) {
        if (life == Life.DEAD) {
            return;
        }
        life = Life.DEAD;
        error = orphan ? null : cause;
        outbox.clear();
        forget();
        listener.run();
    }

    private void forgetIfOver() {
        if (orphan && finSent && finReceived) {
            life = Life.DEAD;
            forget();
        }
    }

    private void forget() {
        if (local != null && remote != null) {
            host.removeConnection(this, local, remote);
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
