package dev.lander.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.lander.control.stream.TlsFiles;
import dev.lander.control.stream.TlsSettings;
import dev.lander.control.wire.PeerFraming;
import dev.lander.testing.AnyLander;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.HeldClock;
import dev.lander.testing.MovedClock;
import dev.lander.testing.Openssl;
import dev.lander.testing.Openssl.Issued;
import dev.lander.testing.RunningLander;
import dev.lander.testing.TestOptions;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgpack.value.Value;
import org.slf4j.LoggerFactory;

/** The control channel by TLS, over real sockets. */
class ControlTlsTest {
    private static final int TIMEOUT_MS = 10_000;

    private static Path directory;
    private static Issued ca;
    private static Issued server;
    private static Issued second;
    private static Issued component;
    private static Issued stranger;

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeAll
    static void makeCertificates(@TempDir Path empty) throws IOException {
        directory = empty;
        Openssl openssl = new Openssl(directory);
        ca = openssl.authority("ca");
        server = openssl.issue(ca, "server", "EC");
        second = openssl.issue(ca, "second", "RSA");
        component = openssl.issue(ca, "component", "EC");
        stranger = openssl.issue(openssl.authority("other-ca"), "stranger", "EC");
    }

    @BeforeEach
    void listen() {
        logged.start();
        rootLogger().addAppender(logged);
    }

    @AfterEach
    void noPeerHasFoundADefect() {
        rootLogger().detachAppender(logged);
        assertEquals(List.of(), linesWith("defect"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aComponentRegisters(String protocol) throws Exception {
        TestOptions options = encrypted();
        options.healthInterval = Duration.ofMillis(200);
        try (RunningLander lander = RunningLander.start(options);
                SSLSocket socket = connect(lander, anonymous(), protocol);
                ControlPeer peer = ControlPeer.over(socket)) {
            int relayPort = FreePorts.next();
            assertEquals(0, peer.register("tcp", 1, relayPort));
            assertEquals(
                    relayPort,
                    ControlPeer.field(peer.push(), "port").asIntegerValue().asInt());
            assertEquals(0, peer.unregister("tcp", 1, relayPort));
            assertEquals(protocol, socket.getSession().getProtocol());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void everyByteMayComeByItself(String protocol) throws Exception {
        try (RunningLander lander = RunningLander.start(encrypted());
                SSLSocket socket = overlay(new ByteWiseSocket(lander), anonymous(), protocol);
                ControlPeer peer = ControlPeer.over(socket)) {
            int relayPort = FreePorts.next();
            assertEquals(0, peer.register("tcp", 1, relayPort));
            assertEquals(0, peer.unregister("tcp", 1, relayPort));
        }
    }

    @Test
    void aMessageMayBeCutIntoRecordsAnywhere() throws Exception {
        byte[] status = ControlPeer.pack(ControlPeer.message("cmd", "status"));
        try (RunningLander lander = RunningLander.start(encrypted());
                ControlPeer peer = connectPeer(lander)) {
            for (int cut = 1; cut < status.length; cut++) {
                peer.sendBytes(Arrays.copyOf(status, cut));
                peer.sendBytes(Arrays.copyOfRange(status, cut, status.length));
                assertEquals(0, ControlPeer.error(peer.reply()));
            }
        }
    }

    @Test
    void manyMessagesMayComeAtOnce() throws Exception {
        int count = 3_000; // more than one record and one read hold
        ByteArrayOutputStream commands = new ByteArrayOutputStream();
        for (int port = 1; port <= count; port++) {
            commands.write(ControlPeer.pack(ControlPeer.message("cmd", "nonsense", "padding", "x".repeat(20))));
        }
        try (RunningLander lander = RunningLander.start(encrypted());
                ControlPeer peer = connectPeer(lander)) {
            peer.sendBytes(commands.toByteArray());
            for (int i = 0; i < count; i++) {
                assertEquals(2, ControlPeer.error(peer.reply()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void bigRepliesWaitForASlowReader(String protocol) throws Exception {
        int components = 1_000;
        int asked = 8;
        try (RunningLander lander = RunningLander.start(encrypted());
                ControlPeer busy = connectPeer(lander);
                Socket plain = new Socket()) {
            int relayPort = FreePorts.next();
            for (int port = 1; port <= components; port++) {
                assertEquals(0, busy.register("tcp", port, relayPort, "name", "n".repeat(255)));
            }
            plain.setReceiveBufferSize(4_096);
            plain.connect(lander.controlAddress());
            try (SSLSocket socket = overlay(plain, anonymous(), protocol);
                    ControlPeer slow = ControlPeer.over(socket)) {
                for (int i = 0; i < asked; i++) {
                    slow.send("cmd", "status");
                }
                slow.send("cmd", "nonsense");
                assertEquals(4, busy.unregister("udp", 1, relayPort)); // nobody else has to wait
                for (int i = 0; i < asked; i++) {
                    Value services = ControlPeer.field(slow.reply(), "services");
                    Map<Value, Value> service =
                            services.asArrayValue().get(0).asMapValue().map();
                    int told = service.values().stream()
                            .filter(Value::isArrayValue)
                            .mapToInt(value -> value.asArrayValue().size())
                            .sum();
                    assertEquals(components, told);
                }
                assertEquals(2, ControlPeer.error(slow.reply()));
            }
        }
    }

    @Test
    void whoEndsTlsHasEndedTheConnection() throws Exception {
        try (RunningLander lander = RunningLander.start(encrypted());
                ControlPeer other = connectPeer(lander);
                JoiningSocket joining = new JoiningSocket(lander);
                SSLSocket socket = overlay(joining, anonymous(), "TLSv1.3");
                ControlPeer peer = ControlPeer.over(socket)) {
            assertEquals(0, peer.register("tcp", 1, FreePorts.next()));
            joining.holdBack();
            peer.send("cmd", "nonsense");
            socket.shutdownOutput(); // by close_notify, in the same segment; the TCP connection stays
            joining.release();
            assertEquals(2, ControlPeer.error(peer.reply()));
            assertThrows(EOFException.class, peer::read);
            assertEquals(0, other.status().asArrayValue().size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void whoEndsTlsBehindAStatusHasEndedTheConnection(String protocol) throws Exception {
        try (RunningLander lander = RunningLander.start(encrypted());
                ControlPeer other = connectPeer(lander);
                JoiningSocket joining = new JoiningSocket(lander);
                SSLSocket socket = overlay(joining, anonymous(), protocol);
                ControlPeer peer = ControlPeer.over(socket)) {
            assertEquals(0, peer.register("tcp", 1, FreePorts.next()));
            joining.holdBack();
            peer.send("cmd", "status");
            socket.shutdownOutput();
            joining.release();
            Await.until(
                    "its registration has ended",
                    () -> other.status().asArrayValue().size() == 0);
        }
    }

    @Test
    void landerEndsTlsInOrder() throws Exception {
        try (RunningLander lander = RunningLander.start(encrypted());
                Socket plain = connectPlain(lander);
                ControlPeer peer = ControlPeer.over(overlay(plain, anonymous(), "TLSv1.2"))) {
            assertEquals(0, peer.register("tcp", 1, FreePorts.next()));
            lander.lander().end();
            assertEndsTls(plain);
        }
    }

    @Test
    void whoBreaksTheFramingReadsWhy() throws Exception {
        try (RunningLander lander = RunningLander.start(encrypted());
                Socket plain = connectPlain(lander);
                ControlPeer peer = ControlPeer.over(overlay(plain, anonymous(), "TLSv1.2"))) {
            peer.sendBytes("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals(1, ControlPeer.error(peer.reply()));
            assertEndsTls(plain);
        }
    }

    /** Before the end of the stream comes an alert; in TLS 1.2 its record says so unencrypted. */
    private static void assertEndsTls(Socket plain) throws IOException {
        byte[] last = plain.getInputStream().readAllBytes();
        assertTrue(last.length > 0 && last[0] == 21, "without close_notify");
    }

    static List<byte[]> whatIsNoTls() throws Exception {
        byte[] hello = clientHello("TLSv1.2");
        byte[] longest = new byte[20_000];
        ByteBuffer.wrap(longest).put(new byte[] {22, 3, 3, 0x7f, (byte) 0xff}); // a record that no buffer holds
        return List.of(
                ControlPeer.pack(ControlPeer.message("cmd", "status")),
                new byte[] {8, 0, 0, 0, (byte) 0x81, (byte) 0xa3, 'c', 'm', 'd', (byte) 0xc0, 0, 0},
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                "SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII),
                new byte[100],
                ByteBuffer.allocate(hello.length + 9)
                        .put(hello)
                        .put(new byte[] {22, 3, 3, 0, 4, 0, 0, 0, 0}) // a HelloRequest, which is a server's to send
                        .array(),
                longest);
    }

    @ParameterizedTest
    @MethodSource("whatIsNoTls")
    void whoSpeaksNoTlsIsClosedAndDisturbsNobody(byte[] bytes) throws Exception {
        try (RunningLander lander = RunningLander.start(encrypted());
                ControlPeer other = connectPeer(lander);
                Socket plain = connectPlain(lander)) {
            int relayPort = FreePorts.next();
            assertEquals(0, other.register("tcp", 1, relayPort));
            plain.getOutputStream().write(bytes);
            plain.getInputStream().readAllBytes(); // to the end of stream, not a reset
            assertEquals(1, linesWith("control_connections_closed cause=tls").size());
            assertEquals(0, other.unregister("tcp", 1, relayPort));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoSpeaksWithoutTlsIsToldSoInItsOwnFraming(PeerFraming framing) throws Exception {
        try (RunningLander lander = RunningLander.start(encrypted());
                ControlPeer peer = framing.connect(lander)) {
            peer.send("cmd", "status");
            assertToldToSpeakTls(peer, "an unencrypted message came");
        }
    }

    @Test
    void whoAsksByHttpIsToldSo() throws Exception {
        try (RunningLander lander = RunningLander.start(encrypted());
                ControlPeer peer = lander.control()) {
            peer.sendBytes("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertToldToSpeakTls(peer, "an HTTP request came");
        }
    }

    private void assertToldToSpeakTls(ControlPeer peer, String came) throws IOException {
        Map<String, Value> reply = peer.reply();
        assertEquals(1, ControlPeer.error(reply));
        String message = ControlPeer.field(reply, "message").asStringValue().asString();
        assertTrue(message.startsWith("this control channel speaks TLS, but " + came), message);
        assertThrows(EOFException.class, peer::read);
        List<String> lines = linesWith("control_connections_closed cause=tls");
        assertEquals(1, lines.size());
        assertTrue(lines.get(0).contains(came), lines::toString);
    }

    @Test
    void aFloodOfStrangersIsOneLineInTheLog() throws Exception {
        try (RunningLander lander = RunningLander.start(encrypted())) {
            for (int i = 0; i < 50; i++) {
                try (Socket plain = connectPlain(lander)) {
                    plain.getOutputStream().write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
                    plain.getInputStream().readAllBytes();
                }
            }
            assertEquals(1, linesWith("cause=tls").size());
        }
    }

    @Test
    void damagedHandshakesAreHarmless() throws Exception {
        byte[] hello = clientHello("TLSv1.3");
        try (RunningLander lander = RunningLander.start(encrypted());
                ControlPeer other = connectPeer(lander)) {
            for (int seed = 0; seed < 300; seed++) {
                Random random = new Random(seed);
                byte[] damaged =
                        Arrays.copyOf(hello, random.nextBoolean() ? hello.length : random.nextInt(hello.length));
                for (int damages = random.nextInt(4); damages >= 0 && damaged.length > 0; damages--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                try (Socket plain = connectPlain(lander)) {
                    plain.getOutputStream().write(damaged);
                    if (random.nextBoolean()) {
                        plain.setSoLinger(true, 0); // a reset
                    }
                }
            }
            assertEquals(0, ControlPeer.error(askStatus(other)));
        }
    }

    @Test
    void damageBehindTheHandshakeEndsTheConnection() throws Exception {
        try (RunningLander lander = RunningLander.start(encrypted());
                ControlPeer other = connectPeer(lander);
                Socket plain = connectPlain(lander);
                ControlPeer peer = ControlPeer.over(overlay(plain, anonymous(), "TLSv1.3"))) {
            assertEquals(0, peer.register("tcp", 1, FreePorts.next()));
            plain.getOutputStream()
                    .write(new byte[] {23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0});
            assertThrows(IOException.class, peer::read);
            Await.until(
                    "its registration has ended",
                    () -> other.status().asArrayValue().size() == 0);
        }
    }

    @Test
    void aRecordThatIsTooLongEndsTheConnection() throws Exception {
        TestOptions options = encrypted();
        options.healthInterval = Duration.ofMillis(100);
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer other = connectPeer(lander);
                Socket plain = connectPlain(lander);
                ControlPeer peer = ControlPeer.over(overlay(plain, anonymous(), "TLSv1.3"))) {
            assertEquals(0, peer.register("tcp", 1, FreePorts.next()));
            plain.getOutputStream().write(new byte[] {23, 3, 3, 0x5f, (byte) 0xff});
            Await.until(
                    "its registration has ended",
                    () -> other.status().asArrayValue().size() == 0);
        }
    }

    @Test
    void renegotiationIsRefused() throws Exception {
        try (RunningLander lander = RunningLander.start(encrypted());
                ControlPeer other = connectPeer(lander);
                SSLSocket socket = connect(lander, anonymous(), "TLSv1.2");
                ControlPeer peer = ControlPeer.over(socket)) {
            assertEquals(0, ControlPeer.error(askStatus(peer)));
            assertThrows(IOException.class, () -> {
                socket.startHandshake();
                askStatus(peer);
            });
            assertEquals(0, ControlPeer.error(askStatus(other)));
            assertEquals(1, linesWith("renegotiation").size());
        }
    }

    @Test
    void whoNeverFinishesTheHandshakeIsClosedAfterTenSeconds() throws Exception {
        byte[] hello = clientHello("TLSv1.3");
        MovedClock clock = new MovedClock();
        try (RunningLander lander = RunningLander.start(encrypted(), clock);
                Socket silent = connectPlain(lander);
                Socket half = connectPlain(lander);
                Socket whole = connectPlain(lander);
                SSLSocket finished = connect(lander, anonymous(), "TLSv1.3");
                ControlPeer served = connectPeer(lander)) {
            half.getOutputStream().write(hello, 0, hello.length / 2);
            whole.getOutputStream().write(hello);
            assertNotEquals(-1, whole.getInputStream().read()); // Lander waits for the client's part now
            assertEquals(0, ControlPeer.error(askStatus(served)));
            lander.advance(clock, Duration.ofMillis(9_900));
            assertEquals(List.of(), linesWith("cause=no_message"));
            assertTrue(isOpen(silent) && isOpen(half));
            lander.advance(clock, Duration.ofMillis(200));
            silent.getInputStream().readAllBytes();
            half.getInputStream().readAllBytes();
            whole.getInputStream().readAllBytes();
            finished.getInputStream().readAllBytes(); // why, if Lander knew already that the handshake is done
            assertEquals(0, ControlPeer.error(askStatus(served)));
        }
    }

    @Test
    void aTurnGoesOnWithAFewHandshakesOnly() throws Exception {
        int count = 40;
        byte[] hello = clientHello("TLSv1.3");
        List<Socket> clients = new CopyOnWriteArrayList<>();
        List<Integer> answered = new CopyOnWriteArrayList<>(); // at the beginning of each turn
        HeldClock held = new HeldClock();
        LongSupplier clock = () -> {
            long nowNs = held.getAsLong();
            answered.add(answered(clients));
            return nowNs;
        };
        try (AnyLander lander = AnyLander.start(encrypted(), clock)) {
            InetSocketAddress address = lander.controlAddress(InetAddress.getLoopbackAddress());
            for (int i = 0; i < count; i++) {
                clients.add(new Socket(address.getAddress(), address.getPort()));
            }
            held.hold(lander.lander()::reload, () -> {
                for (Socket client : clients) {
                    client.getOutputStream().write(hello);
                }
            });
            Await.until("all are answered", () -> answered(clients) == count);
            assertTrue(lander.lander().turnsWithin(Duration.ofSeconds(10)));
            for (int turn = 1; turn < answered.size(); turn++) {
                int inOneTurn = answered.get(turn) - answered.get(turn - 1);
                assertTrue(inOneTurn <= 8, answered::toString);
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    /** How many have got anything. */
    private static int answered(List<Socket> clients) {
        int answered = 0;
        try {
            for (Socket client : clients) {
                answered += client.getInputStream().available() > 0 ? 1 : 0;
            }
        } catch (IOException closed) {
            // at the end of the test
        }
        return answered;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void whereACaIsGivenOnlyItsClientsAreServed(String protocol) throws Exception {
        TestOptions options = new TestOptions();
        options.controlTls = new TlsSettings(server.certificate(), server.key(), ca.certificate());
        try (RunningLander lander = RunningLander.start(options)) {
            for (SSLContext refused : List.of(anonymous(), identified(stranger))) {
                assertThrows(
                        SSLException.class,
                        () -> { // an alert, and not just the end
                            try (SSLSocket socket = connect(lander, refused, protocol);
                                    ControlPeer peer = ControlPeer.over(socket)) {
                                peer.register("tcp", 1, FreePorts.next());
                            }
                        });
            }
            try (SSLSocket socket = connect(lander, identified(component), protocol);
                    ControlPeer peer = ControlPeer.over(socket)) {
                assertEquals(0, peer.status().asArrayValue().size());
                assertEquals(0, peer.register("tcp", 1, FreePorts.next()));
            }
            assertEquals(1, linesWith("cause=tls").size());
        }
    }

    @Test
    void afterAReloadNewConnectionsGetTheNewCertificate() throws Exception {
        Path certificate = Files.copy(server.certificate(), directory.resolve("now.pem"));
        Path key = Files.copy(server.key(), directory.resolve("now.key"));
        TestOptions options = new TestOptions();
        options.controlTls = new TlsSettings(certificate, key, null);
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer old = connectPeer(lander)) {
            assertEquals("CN=server", presented(lander));
            Files.copy(second.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
            reload(lander);
            assertEquals("CN=server", presented(lander)); // the key is the old one still
            assertEquals(
                    1,
                    linesWith("reload failed, the old certificate holds: --control-tls-key")
                            .size());
            Files.copy(second.key(), key, StandardCopyOption.REPLACE_EXISTING);
            reload(lander);
            assertEquals("CN=second", presented(lander));
            assertEquals(List.of(), linesWith("token_file"));
            assertEquals(0, ControlPeer.error(askStatus(old)));
        }
    }

    @Test
    void manyConnectAtOnce() throws Exception {
        int count = 200;
        int threads = 20;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<ControlPeer> peers = new ArrayList<>();
        try (RunningLander lander = RunningLander.start(encrypted())) {
            int relayPort = FreePorts.next();
            SSLContext context = anonymous();
            List<Future<ControlPeer>> registering = new ArrayList<>();
            for (int i = 1; i <= count; i++) {
                int port = i;
                registering.add(pool.submit(() -> {
                    ControlPeer peer = ControlPeer.over(connect(lander, context, "TLSv1.3"));
                    assertEquals(0, peer.register("tcp", port, relayPort));
                    return peer;
                }));
            }
            for (Future<ControlPeer> registered : registering) {
                peers.add(registered.get());
            }
            for (ControlPeer peer : peers) {
                assertEquals(0, ControlPeer.error(askStatus(peer)));
            }
        } finally {
            pool.shutdownNow();
            for (ControlPeer peer : peers) {
                peer.close();
            }
        }
    }

    private static TestOptions encrypted() {
        TestOptions options = new TestOptions();
        options.controlTls = new TlsSettings(server.certificate(), server.key(), null);
        return options;
    }

    private static void reload(RunningLander lander) {
        lander.lander().reload();
        assertTrue(lander.lander().turnsWithin(Duration.ofSeconds(10)));
    }

    /** Whom the certificate names that a new connection gets. */
    private static String presented(RunningLander lander) throws Exception {
        try (SSLSocket socket = connect(lander, anonymous(), "TLSv1.3")) {
            return socket.getSession().getPeerPrincipal().getName();
        }
    }

    private static Map<String, Value> askStatus(ControlPeer peer) throws IOException {
        peer.send("cmd", "status");
        return peer.reply();
    }

    private static ControlPeer connectPeer(RunningLander lander) throws Exception {
        return ControlPeer.over(connect(lander, anonymous(), "TLSv1.3"));
    }

    private static SSLSocket connect(RunningLander lander, SSLContext context, String protocol) throws IOException {
        return overlay(connectPlain(lander), context, protocol);
    }

    private static Socket connectPlain(RunningLander lander) throws IOException {
        InetSocketAddress address = lander.controlAddress();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    /** Shakes hands over a connection. */
    private static SSLSocket overlay(Socket plain, SSLContext context, String protocol) throws IOException {
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(), true);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setEnabledProtocols(new String[] {protocol});
        socket.startHandshake();
        return socket;
    }

    /** A client that trusts the CA, and has no certificate. */
    private static SSLContext anonymous() throws Exception {
        return client(null);
    }

    /** A client that trusts the CA, and shows a certificate whoever is asked for. */
    private static SSLContext identified(Issued as) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(TlsFiles.identity(as.certificate(), as.key()), TlsFiles.NO_PASSWORD);
        return client(keys);
    }

    private static SSLContext client(@Nullable KeyManagerFactory keys) throws Exception {
        KeyStore trusted = TlsFiles.authorities(ca.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** What a client sends first. */
    private static byte[] clientHello(String protocol) throws Exception {
        SSLEngine engine = anonymous().createSSLEngine();
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {protocol});
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    private static boolean isOpen(Socket socket) throws IOException {
        socket.setSoTimeout(1);
        try {
            return socket.getInputStream().read() >= 0;
        } catch (java.net.SocketTimeoutException open) {
            return true;
        } finally {
            socket.setSoTimeout(TIMEOUT_MS);
        }
    }

    /** What Lander has logged. */
    private List<String> linesWith(String text) {
        synchronized (logged) { // as the appender does when it adds a line
            return logged.list.stream()
                    .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                    .map(ILoggingEvent::getFormattedMessage)
                    .filter(line -> line.contains(text))
                    .toList();
        }
    }

    private static Logger rootLogger() {
        return (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    }

    /** Sends each byte when Lander has read the one before. */
    private static final class ByteWiseSocket extends Socket {
        private final RunningLander lander;

        ByteWiseSocket(RunningLander lander) throws IOException {
            super(lander.controlAddress().getAddress(), lander.controlAddress().getPort());
            this.lander = lander;
            setTcpNoDelay(true);
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    for (int i = offset; i < offset + length; i++) {
                        out.write(bytes[i]);
                        assertTrue(lander.lander().turnsWithin(Duration.ofSeconds(10)));
                    }
                }
            };
        }
    }

    /** Sends at once what was written while it held back, and never ends the TCP connection's output. */
    private static final class JoiningSocket extends Socket {
        private final ByteArrayOutputStream held = new ByteArrayOutputStream();
        private boolean holding;

        JoiningSocket(RunningLander lander) throws IOException {
            super(lander.controlAddress().getAddress(), lander.controlAddress().getPort());
        }

        void holdBack() {
            holding = true;
        }

        void release() throws IOException {
            super.getOutputStream().write(held.toByteArray());
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    OutputStream to = holding ? held : out;
                    to.write(bytes, offset, length);
                }
            };
        }

        @Override
        public void shutdownOutput() {}
    }
}
