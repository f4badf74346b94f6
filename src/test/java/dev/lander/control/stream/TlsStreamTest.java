package dev.lander.control.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.Openssl;
import dev.lander.testing.Openssl.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server's end with small socket buffers, and a client that reads only when it is told to. */
class TlsStreamTest {
    private static final int SMALL = 4_096;
    private static final int READ_SIZE = 64 * 1024;
    private static final int MANY = 1_000_000;

    private static Issued ca;
    private static TlsContext context;

    private final ExecutorService clientThread = Executors.newSingleThreadExecutor();
    private final Socket plain = new Socket();
    private final ByteBuffer received = ByteBuffer.allocate(READ_SIZE);
    private SocketChannel channel;
    private SSLSocket client;
    private TlsStream stream;
    private boolean mayHandshake = true;

    private boolean computesAtOnce = true;

    /** Computations that wait for the test. */
    private final List<Runnable> computations = new ArrayList<>();

    private final Handshakes handshakes = new Handshakes() {
        @Override
        public boolean mayGoOn() {
            return mayHandshake;
        }

        @Override
        public void compute(Runnable computation, Runnable then) {
            Runnable both = () -> {
                computation.run();
                then.run();
            };
            if (computesAtOnce) {
                both.run();
            } else {
                computations.add(both);
            }
        }
    };

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws IOException {
        Openssl openssl = new Openssl(directory);
        ca = openssl.authority("ca");
        Issued server = openssl.issue(ca, "server", "EC");
        context = new TlsContext(new TlsSettings(server.certificate(), server.key(), null));
    }

    @BeforeEach
    void connect() throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            plain.setReceiveBufferSize(SMALL);
            plain.connect(listener.getLocalAddress());
            channel = listener.accept();
        }
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SMALL);
        channel.configureBlocking(false);
        stream = new TlsStream(channel, context, handshakes);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(TlsFiles.authorities(ca.certificate()));
        SSLContext clients = SSLContext.getInstance("TLS");
        clients.init(null, trust.getTrustManagers(), null);
        client = (SSLSocket) clients.getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(), true);
    }

    @AfterEach
    void close() throws IOException {
        stream.close();
        client.close();
        clientThread.shutdownNow();
    }

    @Test
    void aHandshakeWaitsUntilItMayGoOn() throws Exception {
        mayHandshake = false;
        Future<?> handshake = clientThread.submit(this::greet);
        Await.until(
                "the client has sent its part",
                () -> channel.socket().getInputStream().available() > 0);
        int sent = channel.socket().getInputStream().available();
        assertEquals(0, stream.read(received));
        assertTrue(channel.socket().getInputStream().available() >= sent, "the client's part was read");
        assertTrue(stream.isReadable(SelectionKey.OP_READ));
        mayHandshake = true;
        readGreeting(handshake);
    }

    @Test
    void theLoopIsFreeWhileAHandshakeIsComputed() throws Exception {
        computesAtOnce = false;
        AtomicInteger readOn = new AtomicInteger();
        stream.onReadOn(readOn::incrementAndGet);
        Future<?> handshake = clientThread.submit(this::greet);
        Await.until("there is something to compute", () -> stream.read(received) == 0 && computations.size() == 1);
        assertEquals(0, stream.interestOps(true, true));
        assertEquals(0, stream.read(received));
        assertFalse(stream.flush());
        mayHandshake = false; // no event will announce again what was read already
        computations.remove(0).run();
        assertEquals(1, readOn.get());
        assertEquals(0, stream.read(received));
        mayHandshake = true;
        computesAtOnce = true;
        readGreeting(handshake);
    }

    @Test
    void aConnectionCanBeClosedWhileItsHandshakeIsComputed() throws Exception {
        computesAtOnce = false;
        AtomicInteger readOn = new AtomicInteger();
        stream.onReadOn(readOn::incrementAndGet);
        Future<?> handshake = clientThread.submit(this::greet);
        Await.until("there is something to compute", () -> stream.read(received) == 0 && computations.size() == 1);
        stream.close();
        assertFalse(channel.isOpen());
        computations.remove(0).run();
        assertEquals(0, readOn.get());
        handshake.cancel(true);
    }

    @Test
    void anEndWithinTheHandshakeIsTheEnd() throws Exception {
        plain.getOutputStream().write(22);
        plain.close();
        Await.until("the end", () -> stream.read(received) < 0);
    }

    @Test
    void whatTheSocketDoesNotTakeIsSentLater() throws Exception {
        shakeHands();
        byte[] sent = new byte[MANY];
        new Random(1).nextBytes(sent);
        ByteBuffer left = ByteBuffer.wrap(sent);
        stream.write(left);
        assertFalse(stream.isFlushed());
        assertEquals(SelectionKey.OP_WRITE, stream.interestOps(false, true));
        Future<byte[]> reading =
                clientThread.submit(() -> client.getInputStream().readNBytes(MANY));
        while (left.hasRemaining() || !stream.flush()) {
            stream.write(left);
        }
        assertArrayEquals(sent, reading.get());
    }

    @Test
    void aReadThatMustSpeakFirstWaitsForTheSocketToTakeIt() throws Exception {
        shakeHands();
        ByteBuffer left = ByteBuffer.allocate(MANY);
        stream.write(left);
        assertFalse(stream.flush());
        client.startHandshake(); // asks for new keys, which are to be confirmed
        client.getOutputStream().write(7);
        Await.until("the read waits", () -> stream.read(received) == 0 && !stream.isReadable(SelectionKey.OP_READ));
        assertEquals(SelectionKey.OP_WRITE, stream.interestOps(true, false));
        assertTrue(stream.isReadable(SelectionKey.OP_WRITE));
        int sent = left.position();
        Future<byte[]> reading =
                clientThread.submit(() -> client.getInputStream().readNBytes(sent));
        Await.until("it reads on", () -> stream.read(received) > 0);
        assertEquals(7, received.flip().get());
        assertEquals(SelectionKey.OP_READ, stream.interestOps(true, false));
        Await.until("all is sent", stream::flush);
        assertEquals(sent, reading.get().length);
    }

    @Test
    void oneReadTakesABoundedAmountAndLeavesNothingBehind() throws Exception {
        shakeHands();
        Future<?> writing = clientThread.submit(() -> {
            client.getOutputStream().write(new byte[MANY]);
            return true;
        });
        int all = 0;
        int most = 0;
        while (all < MANY) {
            int count = stream.read(received.clear());
            most = Math.max(most, count);
            all += count;
        }
        writing.get();
        assertEquals(MANY, all);
        assertTrue(most <= 17 * 1024, "read " + most);
    }

    @Test
    void afterTheEndOfOutputWhatComesIsDropped() throws Exception {
        shakeHands();
        stream.shutdownOutput();
        stream.shutdownOutput();
        assertEquals(-1, client.getInputStream().read());
        client.getOutputStream().write(7);
        client.close();
        Await.until("the end", () -> stream.read(received.clear()) < 0);
    }

    @Test
    void whenThePeerHasEndedTls12NothingMoreIsTaken() throws Exception {
        client.setEnabledProtocols(new String[] {"TLSv1.2"});
        shakeHands();
        client.shutdownOutput();
        Await.until("the end", () -> stream.read(received) < 0);
        assertThrows(IOException.class, () -> stream.write(ByteBuffer.allocate(1)));
    }

    private void shakeHands() throws Exception {
        readGreeting(clientThread.submit(this::greet));
    }

    /** The byte tells that the server's side has done its handshake too. */
    private boolean greet() throws IOException {
        client.startHandshake();
        client.getOutputStream().write(1);
        return true;
    }

    private void readGreeting(Future<?> greeting) throws Exception {
        Await.until("the handshake is done", () -> stream.read(received) > 0);
        greeting.get();
        received.clear();
    }
}
