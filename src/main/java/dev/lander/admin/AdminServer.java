package dev.lander.admin;

import com.sun.net.httpserver.HttpServer;
import dev.lander.sockets.FdBudget;
import dev.lander.text.AddressText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The admin page's HTTP server. It has a thread for each connection that is at work, so that slow clients do not stop
 * others, and a bounded number of connections.
 */
public final class AdminServer {
    /** Enough for a hundred slow clients and those that matter. */
    private static final int MAX_CONNECTIONS = 200;

    /** Of the descriptors the admin page takes this part at most. */
    private static final int SHARE = 8;

    /** The listening socket, and the selector's. */
    private static final int OWN_FDS = 4;

    private static final int BACKLOG = 128;
    private static final long IDLE_THREAD_S = 10;

    private final HttpServer http;
    private final ThreadPoolExecutor workers;
    private final Sampler sampler;
    private final Sources sources;

    /**
     * Binds the admin page's port; {@link #start} serves it.
     *
     * @param fds of which the page takes what its connections may use
     * @param time the machine's clock
     * @throws IOException when the system refuses; the message is for users
     */
    public AdminServer(Sources sources, FdBudget fds, AdminSettings settings, InstantSource time) throws IOException {
        InetSocketAddress address = settings.address();
        int connections = Math.min(MAX_CONNECTIONS, Math.max(1, fds.total() / SHARE));
        this.sources = sources;
        bound(connections);
        try {
            this.http = HttpServer.create(address, BACKLOG);
        } catch (IOException refused) {
            String where = AddressText.host(address.getAddress()) + " port " + address.getPort();
            throw new IOException("admin page at " + where + ": " + refused.getMessage(), refused);
        }
        fds.hold(OWN_FDS + connections);
        this.workers = new ThreadPoolExecutor(
                0,
                connections,
                IDLE_THREAD_S,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> AdminThreads.create(task, "admin"));
        Endpoints endpoints = new Endpoints(sources, time);
        this.sampler = endpoints.sampler();
        http.setExecutor(workers);
        http.createContext("/", new AdminHandler(endpoints, new HostNames(settings.hostNames())));
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress address() {
        return http.getAddress();
    }

    /** Serves from now on; the loop is about to begin on this thread. */
    public void start() {
        LoopView.ask(sources, new CompletableFuture<>()); // loads the classes that would hold the loop up later
        http.start();
        sampler.start();
    }

    /** Closes the port and all connections. */
    public void stop() {
        sampler.stop();
        http.stop(0);
        workers.shutdownNow();
    }

    /**
     * Bounds what a client may send and how long it may take. The server's classes look at these properties once, when
     * they are loaded; what the user has set holds.
     */
    private static void bound(int connections) {
        bound("jdk.httpserver.maxConnections", connections);
        bound("sun.net.httpserver.maxIdleConnections", connections);
        bound("sun.net.httpserver.idleInterval", 30); // seconds, as are the next two
        bound("sun.net.httpserver.maxReqTime", 10);
        bound("sun.net.httpserver.maxRspTime", 30);
        bound("sun.net.httpserver.maxReqHeaders", 64);
        bound("sun.net.httpserver.maxReqHeaderSize", 16 * 1024);
        bound("sun.net.httpserver.drainAmount", 4 * 1024); // of a body that nobody wants
        System.setProperty("sun.net.httpserver.nodelay", "true"); // an answer is two writes
    }

    private static void bound(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }
}
