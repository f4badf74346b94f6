package dev.lander.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A component's TCP server on a free port, of 127.0.0.1 unless said: each connection is served on a thread of its own.
 */
public final class TcpServer implements AutoCloseable {
    private static final int BACKLOG = 1_024;

    /** What becomes of a connection, which is closed afterwards. */
    @FunctionalInterface
    public interface Service {
        void serve(Socket connection) throws IOException;
    }

    private final ServerSocket listener;
    private final Service service;
    private final AtomicInteger accepted = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private TcpServer(InetAddress host, Service service) throws IOException {
        this.service = service;
        this.listener = new ServerSocket(0, BACKLOG, host);
        thread(this::accept);
    }

    /** Serves each connection so. */
    public static TcpServer serving(Service service) throws IOException {
        return serving(InetAddress.getLoopbackAddress(), service);
    }

    /** Serves each connection so, at another address of this machine's. */
    public static TcpServer serving(InetAddress host, Service service) throws IOException {
        return new TcpServer(host, service);
    }

    /** Sends back what it gets, and ends when the client has ended. */
    public static TcpServer echo() throws IOException {
        return serving(connection -> {
            connection.getInputStream().transferTo(connection.getOutputStream());
            connection.shutdownOutput();
        });
    }

    /** Sends its own port as text and closes: tells who was chosen. */
    public static TcpServer tellingItsPort() throws IOException {
        return serving(connection -> connection
                .getOutputStream()
                .write(Integer.toString(connection.getLocalPort())
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** How many connections have come. */
    public int accepted() {
        return accepted.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : open) {
            connection.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                accepted.incrementAndGet();
                open.add(connection);
                thread(() -> serve(connection));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            service.serve(connection);
        } catch (IOException gone) {
            // the other end has closed
        } finally {
            open.remove(connection);
        }
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "server");
        thread.setDaemon(true);
        thread.start();
    }
}
