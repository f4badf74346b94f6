package dev.lander.testing;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** A component's UDP server on a free port, of 127.0.0.1 unless said. */
public final class UdpServer implements AutoCloseable {
    private static final int LONGEST = 65_535;

    /** What becomes of a datagram. */
    @FunctionalInterface
    public interface Service {
        void serve(DatagramSocket socket, DatagramPacket request) throws IOException;
    }

    private final DatagramSocket socket;
    private final Service service;
    private final AtomicInteger received = new AtomicInteger();

    private UdpServer(InetAddress host, Service service) throws IOException {
        this.service = service;
        this.socket = new DatagramSocket(new InetSocketAddress(host, 0));
        Thread thread = new Thread(this::receive, "udp server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Serves each datagram so, one after the other. */
    public static UdpServer serving(Service service) throws IOException {
        return serving(InetAddress.getLoopbackAddress(), service);
    }

    /** Serves each datagram so, at another address of this machine's. */
    public static UdpServer serving(InetAddress host, Service service) throws IOException {
        return new UdpServer(host, service);
    }

    /** Sends back what it gets. */
    public static UdpServer echo() throws IOException {
        return serving(DatagramSocket::send);
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** How many datagrams have come. */
    public int received() {
        return received.get();
    }

    @Override
    public void close() {
        socket.close();
    }

    private void receive() {
        try {
            while (true) {
                DatagramPacket request = new DatagramPacket(new byte[LONGEST], LONGEST);
                socket.receive(request);
                received.incrementAndGet();
                service.serve(socket, request);
            }
        } catch (IOException closed) {
            // the test is over
        }
    }
}
