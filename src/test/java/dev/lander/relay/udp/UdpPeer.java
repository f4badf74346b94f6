package dev.lander.relay.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A UDP socket of 127.0.0.1 that the test reads and writes: a client, or a component. */
public final class UdpPeer implements AutoCloseable {
    private static final int TIMEOUT_MS = 10_000;
    private static final int MOMENT_MS = 30;
    private static final int LONGEST = 65_535;
    private static final int BUFFER = 4 * 1024 * 1024;

    /** What Linux counts for it, rounded up. */
    private static final int MEMORY_PER_SMALL_DATAGRAM = 1_024;

    private final DatagramSocket socket;

    /** On a free port. */
    public UdpPeer() throws IOException {
        this(0);
    }

    public UdpPeer(int port) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setReceiveBufferSize(BUFFER);
    }

    /** What came, and from where. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares two
    public record Datagram(byte[] bytes, SocketAddress from) {
        public String text() {
            return new String(bytes, StandardCharsets.US_ASCII);
        }

        public int fromPort() {
            return ((InetSocketAddress) from).getPort();
        }
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** A thousand datagrams, or as many small ones as wait in the largest buffer that the system gives. */
    int burst() throws IOException {
        return Math.min(1_000, socket.getReceiveBufferSize() / MEMORY_PER_SMALL_DATAGRAM);
    }

    /**
     * This many datagrams of this length, or as many as wait in the largest buffer with a small one between any two.
     */
    int burst(int most, int length) throws IOException {
        int memory = 2 * length + MEMORY_PER_SMALL_DATAGRAM; // Linux may count for one up to twice its length
        return Math.min(most, socket.getReceiveBufferSize() / memory);
    }

    public void send(byte[] bytes, SocketAddress to) throws IOException {
        socket.send(new DatagramPacket(bytes, bytes.length, to));
    }

    public void send(String text, SocketAddress to) throws IOException {
        send(text.getBytes(StandardCharsets.US_ASCII), to);
    }

    public Datagram receive() throws IOException {
        socket.setSoTimeout(TIMEOUT_MS);
        return receiveNow();
    }

    /** Sends a text and returns the answer's, which must come from where the text went. */
    String ask(String text, SocketAddress relay) throws IOException {
        send(text, relay);
        Datagram answer = receive();
        assertEquals(relay, answer.from());
        return answer.text();
    }

    /** Receives a datagram, checks its text and answers it. */
    public Datagram answer(String expected, String answer) throws IOException {
        Datagram request = receive();
        assertEquals(expected, request.text());
        send(answer, request.from());
        return request;
    }

    /** Fails when something comes within a moment. What must not come has had its time when the caller saw to it. */
    public void assertNothingComes() throws IOException {
        socket.setSoTimeout(MOMENT_MS);
        Datagram unexpected;
        try {
            unexpected = receiveNow();
        } catch (SocketTimeoutException nothing) {
            return;
        }
        throw new AssertionError("came: " + unexpected.text());
    }

    @Override
    public void close() {
        socket.close();
    }

    private Datagram receiveNow() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[LONGEST], LONGEST);
        socket.receive(packet);
        return new Datagram(Arrays.copyOf(packet.getData(), packet.getLength()), packet.getSocketAddress());
    }
}
