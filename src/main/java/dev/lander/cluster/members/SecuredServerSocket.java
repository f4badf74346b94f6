package dev.lander.cluster.members;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Accepts those only that have proved themselves. Each proves itself on a thread of its own, a bounded number at once
 * and within a time, so that strangers neither hold members up nor take threads without end.
 */
final class SecuredServerSocket extends ServerSocket {
    /** Proofs that are under way; a further stranger is closed. */
    private static final int AT_ONCE = 16;

    /** For the whole proof, however it is cut into bytes. */
    private static final Duration PROOF_LIMIT = Duration.ofSeconds(4);

    /** After a connection could not be accepted, as when descriptors are short. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Security security;
    private final Refusals refusals;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final TimeLimits limits;

    /** Who has proved himself; empty = this is closed. */
    private final BlockingQueue<Optional<Socket>> proved = new LinkedBlockingQueue<>();

    SecuredServerSocket(Security security, Refusals refusals, TimeLimits limits) throws IOException {
        this.security = security;
        this.refusals = refusals;
        this.limits = limits;
    }

    /** Once: JGroups would bind it again, maybe to less. */
    @Override
    public void bind(SocketAddress address, int backlog) throws IOException {
        if (!isBound()) {
            super.bind(address, backlog);
            thread(this::acceptAll, "cluster-accept").start();
        }
    }

    @Override
    public Socket accept() throws IOException {
        try {
            Optional<Socket> next = proved.take();
            if (next.isPresent() && !isClosed()) {
                return next.get();
            }
        } catch (InterruptedException ends) {
            Thread.currentThread().interrupt();
        }
        throw new SocketException("closed");
    }

    @Override
    public void close() throws IOException {
        super.close();
        proved.add(Optional.empty());
    }

    private void acceptAll() {
        while (!isClosed()) {
            try {
                SecuredSocket stranger = new SecuredSocket(security, refusals, limits);
                implAccept(stranger);
                if (places.tryAcquire()) {
                    thread(() -> prove(stranger), "cluster-proof").start();
                } else {
                    stranger.close();
                }
            } catch (IOException refused) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private void prove(SecuredSocket stranger) {
        try {
            Future<?> limit = limits.of(PROOF_LIMIT, stranger);
            stranger.prove();
            if (limit.cancel(false)) {
                proved.add(Optional.of(stranger));
            }
        } catch (IOException | RuntimeException refused) {
            TimeLimits.closeQuietly(stranger); // told already, or this is closed
        } finally {
            places.release();
        }
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
