package dev.lander.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lander.control.wire.Decoding;
import dev.lander.control.wire.Decoding.Kind;
import dev.lander.control.wire.Decoding.Result;
import dev.lander.testing.ControlPeer;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** One connection to the control channel that carries one input, and ends as no component should end it. */
final class HostilePeer {
    private static final int SMALL_BUFFER = 4_096;

    /** This many inputs without a reply read are too many; Lander may take its time to tell. */
    private static final int MOST_UNREAD = 100;

    /** A dribbling peer pauses so often, and then sends the rest at once. */
    private static final int PAUSES = 40;

    private static final long PAUSE_NS = 300_000;

    private final InetSocketAddress lander;
    private final Random random;

    HostilePeer(InetSocketAddress lander, Random random) {
        this.lander = lander;
        this.random = random;
    }

    /** Sends the input in pieces, and fails unless the replies are as the bytes alone tell. */
    void dribble(byte[] input) throws IOException {
        Decoding expected = new Decoding(false);
        expected.take(ByteBuffer.wrap(input));
        try (ControlPeer peer = connect(expected)) {
            int longest = 1 + input.length / (1 + random.nextInt(PAUSES));
            for (int from = 0; from < input.length; ) {
                int to = Math.min(input.length, from + 1 + random.nextInt(longest));
                peer.sendBytes(Arrays.copyOfRange(input, from, to));
                from = to;
                LockSupport.parkNanos(random.nextInt((int) PAUSE_NS));
            }
            for (Result result : expected.results()) {
                int error = ControlPeer.error(peer.reply());
                if (result.error() != 0) {
                    assertEquals(result.error(), error, () -> "the reply to " + result);
                }
            }
            peer.socket().shutdownOutput();
            assertThrows(EOFException.class, peer::reply, "there are more replies than messages");
        }
    }

    /** Sends the input and is gone, in good order or with a reset. */
    void vanish(byte[] input) throws IOException {
        try (Socket socket = connect()) {
            socket.setSoLinger(random.nextBoolean(), 0);
            socket.getOutputStream().write(input);
        }
    }

    /** Sends the input and ends its half, and waits for Lander to end the other. */
    void halfClose(byte[] input) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(input);
            socket.shutdownOutput();
            readToTheEnd(socket);
        }
    }

    /** Sends the input, and then nothing more. */
    Socket fallSilent(byte[] input) throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(input);
        return socket;
    }

    /** Fails if there is no end. */
    static void readToTheEnd(Socket socket) throws IOException {
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (SocketException reset) {
            // that is an end, too
        }
    }

    /** Sends the input again and again without reading a reply; fails unless Lander ends that. */
    void neverRead(byte[] input) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(SMALL_BUFFER);
            socket.connect(lander);
            OutputStream out = socket.getOutputStream();
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < MOST_UNREAD; i++) {
                    out.write(input);
                }
                for (int i = 0; i < 1_000; i++) {
                    LockSupport.parkNanos(10_000_000);
                    out.write(input, 0, 1);
                }
            });
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(lander.getAddress(), lander.getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** In the framing in which the replies will come. */
    private ControlPeer connect(Decoding expected) throws IOException {
        List<Result> results = expected.results();
        boolean hasMessage = !results.isEmpty() && results.get(0).kind() != Kind.BROKEN;
        return hasMessage && expected.framing().equals("LENGTH_PREFIXED")
                ? ControlPeer.connectLengthPrefixed(lander)
                : ControlPeer.connect(lander);
    }
}
