package dev.lander.cluster.members;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection between members. Its streams are the encrypted ones once both ends have proved themselves; before,
 * nobody else has it. JGroups sees an ordinary socket: of one that it knows to be TLS it would wait for a farewell when
 * it closes it.
 */
final class SecuredSocket extends Socket {
    /** For each answer of the other end until it has proved itself. */
    private static final int ANSWER_MS = (int) Duration.ofSeconds(2).toMillis();

    private final Security security;
    private final Refusals refusals;
    private final TimeLimits limits;
    private volatile @Nullable SSLSocket encrypted;

    SecuredSocket(Security security, Refusals refusals, TimeLimits limits) {
        this.security = security;
        this.refusals = refusals;
        this.limits = limits;
    }

    @Override
    public void connect(SocketAddress to, int timeoutMs) throws IOException {
        super.connect(to, timeoutMs);
        InetSocketAddress peer = (InetSocketAddress) to;
        try {
            setSoTimeout(ANSWER_MS);
            encrypted = security.connected(this);
            setSoTimeout(0);
        } catch (IOException refused) {
            close();
            refusals.onConnecting(peer, refused);
            throw refused;
        }
    }

    /**
     * Blocks until the end that has connected has proved itself.
     *
     * @throws IOException when it has not; this is closed then
     */
    void prove() throws IOException {
        try {
            setTcpNoDelay(true);
            setSoTimeout(ANSWER_MS);
            encrypted = security.accepted(this);
            setSoTimeout(0);
        } catch (IOException refused) {
            InetSocketAddress peer = (InetSocketAddress) getRemoteSocketAddress();
            close();
            refusals.onAccepted(peer.getAddress(), refused);
            throw refused;
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        SSLSocket over = encrypted;
        return over == null ? super.getInputStream() : over.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        SSLSocket over = encrypted;
        return over == null ? limited() : over.getOutputStream();
    }

    /** TLS writes by it as well. */
    private OutputStream limited() throws IOException {
        return new LimitedOutput(super.getOutputStream(), this, limits);
    }
}
