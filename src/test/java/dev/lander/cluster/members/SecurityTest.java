package dev.lander.cluster.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.control.stream.TlsContext;
import dev.lander.control.stream.TlsSettings;
import dev.lander.testing.Await;
import dev.lander.testing.Openssl;
import dev.lander.testing.Openssl.Issued;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gets through to JGroups, and what else can be done with a connection between members. */
@Timeout(30)
class SecurityTest {
    private static final String VERSION = "lander-1 jgroups-5.5";
    private static final byte[] KEY = "a key of at least sixteen bytes".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OTHER_KEY = "another key, and long enough too".getBytes(StandardCharsets.UTF_8);

    private final TimeLimits limits = new TimeLimits();
    private final Refusals refusals = new Refusals(System::nanoTime);
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
        limits.close();
    }

    @Test
    void twoWithTheSameKeyTalk() throws Exception {
        assertTalk(Security.byKey(proof(KEY)), Security.byKey(proof(KEY)));
    }

    @Test
    void twoPlainOnesWithTheSameKeyTalk() throws Exception {
        assertTalk(Security.plain(proof(KEY)), Security.plain(proof(KEY)));
    }

    @Test
    void whatIsSaidIsEncryptedByTheKeyAlone() throws Exception {
        byte[] seen = seenOnTheWay(Security.byKey(proof(KEY)), Security.byKey(proof(KEY)));
        assertFalse(new String(seen, StandardCharsets.ISO_8859_1).contains("hello"));
    }

    @Test
    void aPlainConnectionCanBeRead() throws Exception {
        byte[] seen = seenOnTheWay(Security.plain(proof(KEY)), Security.plain(proof(KEY)));
        assertTrue(new String(seen, StandardCharsets.ISO_8859_1).contains("hello"));
    }

    @Test
    void aWrongKeyIsNamedAtBothEnds() throws Exception {
        Ends ends = refused(Security.byKey(proof(KEY)), Security.byKey(proof(OTHER_KEY)));
        assertEquals("it has another key: --cluster-key-file differs", ends.accepting());
        assertEquals("it refuses this Lander's key: --cluster-key-file differs", ends.connecting());
    }

    @Test
    void anotherVersionIsNamedAtBothEnds() throws Exception {
        Proof older = new Proof(new ClusterKey(KEY), "lander-1 jgroups-5.4");
        Ends ends = refused(Security.byKey(proof(KEY)), Security.byKey(older));
        assertEquals("it is of another version: lander-1 jgroups-5.4, this one is " + VERSION, ends.accepting());
        assertEquals("it is of another version: " + VERSION + ", this one is lander-1 jgroups-5.4", ends.connecting());
    }

    @Test
    void aPlainOneIsRefusedByAnEncryptedOne() throws Exception {
        Ends ends = refused(Security.plain(proof(KEY)), Security.byKey(proof(KEY)));
        assertEquals(
                "it speaks another protocol: is it a Lander, and has only one of both --cluster-plain?",
                ends.accepting());
    }

    /**
     * Both have the key, but somebody between them ends the encryption, and begins it anew, with another certificate.
     */
    @Test
    void whoIsInBetweenCannotPassTheProofOn() throws Exception {
        SecuredServerSocket door = door(Security.byKey(proof(KEY)));
        ServerSocket between = keep(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        CompletableFuture<Void> passing =
                CompletableFuture.runAsync(() -> passOnDecrypted(between, door), SecurityTest::onItsOwn);
        Socket victim = keep(new SecuredSocket(Security.byKey(proof(KEY)), refusals, limits));
        IOException refused =
                assertThrows(IOException.class, () -> victim.connect(between.getLocalSocketAddress(), 5_000));
        assertEquals("it refuses this Lander's key: --cluster-key-file differs", refused.getMessage());
        passing.cancel(true);
    }

    @Test
    void certificatesOfOneAuthorityTalkAndOthersDont(@TempDir Path folder) throws Exception {
        Openssl openssl = new Openssl(folder);
        Issued ca = openssl.authority("ca");
        Issued one = openssl.issue(ca, "one", "EC");
        Issued two = openssl.issue(ca, "two", "RSA");
        Issued stranger = openssl.issue(openssl.authority("other-ca"), "stranger", "EC");
        assertTalk(byCertificate(one, ca), byCertificate(two, ca));
        Ends strange = refused(byCertificate(one, ca), byCertificate(stranger, ca));
        assertFalse(strange.accepting().isEmpty(), "it gets in");
        Ends ends = refused(byCertificate(one, ca), Security.byCertificates(proof(OTHER_KEY), context(two, ca)));
        assertEquals("it has another key: --cluster-key-file differs", ends.accepting(), "a certificate is not enough");
    }

    /** JGroups would believe its length fields, and read what it says. */
    @Test
    void strangersDoNotGetThrough() throws Exception {
        SecuredServerSocket door = door(Security.byKey(proof(KEY)));
        CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(() -> accept(door), SecurityTest::onItsOwn);
        for (int i = 0; i < 20; i++) {
            try (Socket stranger = new Socket()) {
                stranger.connect(door.getLocalSocketAddress(), 5_000);
                stranger.getOutputStream().write("bela\u0000\u0005 anything at all".getBytes(StandardCharsets.UTF_8));
            }
        }
        assertFalse(accepted.isDone());
        Socket member = keep(new SecuredSocket(Security.byKey(proof(KEY)), refusals, limits));
        member.connect(door.getLocalSocketAddress(), 5_000);
        keep(accepted.get(5, TimeUnit.SECONDS));
    }

    /** All places are taken by those who say nothing; their time is up soon. */
    @Test
    void whoSaysNothingDoesNotKeepMembersOut() throws Exception {
        SecuredServerSocket door = door(Security.byKey(proof(KEY)));
        for (int i = 0; i < 40; i++) {
            keep(new Socket()).connect(door.getLocalSocketAddress(), 5_000);
        }
        CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(() -> accept(door), SecurityTest::onItsOwn);
        Await.until("a member gets in", () -> {
            try {
                Socket member = keep(new SecuredSocket(Security.byKey(proof(KEY)), refusals, limits));
                member.connect(door.getLocalSocketAddress(), 5_000);
                return true;
            } catch (IOException full) {
                return false;
            }
        });
        keep(accepted.get(5, TimeUnit.SECONDS));
    }

    /** What was written into a connection whose other end is stopped must not wait for ever. */
    @Test
    void aWriteThatNobodyTakesEnds() throws Exception {
        SecuredServerSocket door = door(Security.byKey(proof(KEY)));
        Socket member = keep(new SecuredSocket(Security.byKey(proof(KEY)), refusals, limits));
        member.connect(door.getLocalSocketAddress(), 5_000);
        keep(accept(door));
        byte[] much = new byte[1 << 20];
        assertThrows(IOException.class, () -> {
            for (int i = 0; i < 64; i++) {
                member.getOutputStream().write(much);
            }
        });
    }

    private record Ends(String accepting, String connecting) {}

    private Ends refused(Security accepting, Security connecting) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> accepted = CompletableFuture.supplyAsync(
                    () -> {
                        try (Socket socket = server.accept()) {
                            socket.setSoTimeout(5_000);
                            accepting.accepted(socket);
                            return "";
                        } catch (IOException refused) {
                            return String.valueOf(refused.getMessage());
                        }
                    },
                    SecurityTest::onItsOwn);
            String connected = "";
            try (Socket socket = new Socket()) {
                socket.connect(server.getLocalSocketAddress(), 5_000);
                socket.setSoTimeout(5_000);
                connecting.connected(socket);
            } catch (IOException refused) {
                connected = String.valueOf(refused.getMessage());
            }
            Ends ends = new Ends(accepted.join(), connected);
            assertFalse(ends.accepting().isEmpty() && ends.connecting().isEmpty(), "they talk");
            return ends;
        }
    }

    private void assertTalk(Security accepting, Security connecting) throws Exception {
        SecuredServerSocket door = door(accepting);
        Socket client = keep(new SecuredSocket(connecting, refusals, limits));
        client.connect(door.getLocalSocketAddress(), 5_000);
        Socket server = keep(accept(door));
        client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
        assertEquals("hello", new String(server.getInputStream().readNBytes(5), StandardCharsets.UTF_8));
        server.getOutputStream().write("back".getBytes(StandardCharsets.UTF_8));
        assertEquals("back", new String(client.getInputStream().readNBytes(4), StandardCharsets.UTF_8));
    }

    /** The pool that all share has a single thread on two cores, and these wait for each other. */
    private static void onItsOwn(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
    }

    /** What the connecting end sends, when it says hello. */
    private byte[] seenOnTheWay(Security accepting, Security connecting) throws Exception {
        SecuredServerSocket door = door(accepting);
        ServerSocket between = keep(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        CompletableFuture<Void> way = CompletableFuture.runAsync(
                () -> {
                    try (Socket from = between.accept();
                            Socket to = new Socket()) {
                        to.connect(door.getLocalSocketAddress());
                        CompletableFuture<Void> back =
                                CompletableFuture.runAsync(() -> copy(to, from, null), SecurityTest::onItsOwn);
                        copy(from, to, seen);
                        back.join();
                    } catch (IOException closed) {
                        // the test has ended
                    }
                },
                SecurityTest::onItsOwn);
        Socket client = new SecuredSocket(connecting, refusals, limits);
        client.connect(between.getLocalSocketAddress(), 5_000);
        Socket server = keep(accept(door));
        client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
        assertEquals("hello", new String(server.getInputStream().readNBytes(5), StandardCharsets.UTF_8));
        client.close();
        server.close();
        way.get(5, TimeUnit.SECONDS);
        return seen.toByteArray();
    }

    private static void copy(Socket from, Socket to, @Nullable ByteArrayOutputStream seen) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8_192];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (seen != null) {
                    seen.write(buffer, 0, length);
                }
                out.write(buffer, 0, length);
            }
            to.shutdownOutput();
        } catch (IOException closed) {
            // the other direction notices as well
        }
    }

    private static void passOnDecrypted(ServerSocket between, SecuredServerSocket door) {
        try (Socket from = between.accept();
                Socket to = new Socket()) {
            to.connect(door.getLocalSocketAddress());
            Socket victim = encrypted(from, false);
            Socket member = encrypted(to, true);
            CompletableFuture<Void> back =
                    CompletableFuture.runAsync(() -> copy(member, victim, null), SecurityTest::onItsOwn);
            copy(victim, member, null);
            back.join();
        } catch (IOException closed) {
            // both have refused
        }
    }

    private static Socket encrypted(Socket socket, boolean isClient) throws IOException {
        return Objects.requireNonNull(Security.byKey(proof(KEY)).encrypted(socket, isClient));
    }

    private Security byCertificate(Issued own, Issued ca) throws IOException {
        return Security.byCertificates(proof(KEY), context(own, ca));
    }

    private static Supplier<SSLContext> context(Issued own, Issued ca) throws IOException {
        return new TlsContext(new TlsSettings(own.certificate(), own.key(), ca.certificate()))::context;
    }

    private SecuredServerSocket door(Security security) throws IOException {
        SecuredServerSocket door = keep(new SecuredServerSocket(security, refusals, limits));
        door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return door;
    }

    private static Socket accept(SecuredServerSocket door) {
        try {
            return door.accept();
        } catch (IOException fault) {
            throw new AssertionError(fault);
        }
    }

    private static Proof proof(byte[] key) {
        return new Proof(new ClusterKey(key), VERSION);
    }

    private <T extends AutoCloseable> T keep(T one) {
        opened.add(one);
        return one;
    }
}
