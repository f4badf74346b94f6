package dev.lander.relay.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.FreePorts;
import dev.lander.testing.Openssl;
import dev.lander.testing.Programs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the libraries send that clients really use; those that must be compiled are in {@link CompiledClientsIT}. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RealClientHellosTest {
    static final String NAME = "shop.example.com";
    private static final int SESSION_TICKET = 35;
    private static final int PRE_SHARED_KEY = 41;
    private static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;

    /** What of TCP fits into one packet of Ethernet, in bytes. */
    private static final int SEGMENT = 1_448;

    private HelloReceiver server;

    @BeforeEach
    void listen() throws IOException {
        server = new HelloReceiver();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void openssl(String version) throws Exception {
        Programs.need("openssl", "openssl", "version");
        String[] asks = {"-connect", server.address(), version, "-servername", NAME, "-alpn", "h2,http/1.1"};
        assertEquals(
                ClientHello.of(NAME, List.of("h2", "http/1.1")), sClient(asks).hello());
    }

    @Test
    void opensslWithoutAName() throws Exception {
        Programs.need("openssl", "openssl", "version");
        ClientHello hello =
                sClient("-connect", server.address(), "-noservername").hello();
        assertEquals(ClientHello.of(null, List.of()), hello);
    }

    /** The ticket of an earlier session makes the hello longer; in TLS 1.3 it is the last extension. */
    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void opensslWithATicket(String version, @TempDir Path folder) throws Exception {
        Path session = folder.resolve("session");
        Openssl.Issued issued = new Openssl(folder).authority(NAME);
        String port = String.valueOf(FreePorts.next());
        try (ChildProcess earlier = ChildProcess.start(List.of(
                "openssl",
                "s_server",
                "-www",
                "-accept",
                port,
                "-cert",
                issued.certificate().toString(),
                "-key",
                issued.key().toString()))) {
            Await.until("it accepts: " + earlier, () -> earlier.output().contains("ACCEPT"));
            String ask =
                    "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | openssl s_client -quiet -ign_eof -connect localhost:%s %s -sess_out %s"
                            .formatted(port, version, session);
            try (ChildProcess first = ChildProcess.start(List.of("sh", "-c", ask))) {
                first.exitStatus();
            }
        }
        String[] again = {"-connect", server.address(), version, "-servername", NAME, "-sess_in", session.toString()};
        HelloReceiver.Received received = sClient(again);
        assertEquals(ClientHello.of(NAME, List.of()), received.hello());
        int ticket = version.equals("-tls1_2") ? SESSION_TICKET : PRE_SHARED_KEY;
        assertTrue(received.extensions().contains(ticket), received::toString);
    }

    private HelloReceiver.Received sClient(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 2];
        command[0] = "openssl";
        command[1] = "s_client";
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        return server.helloOf(command);
    }

    @Test
    void curl() throws Exception {
        Programs.need("curl", "curl", "--version");
        String instead = NAME + ":443:" + server.address();
        ClientHello hello = server.helloOf("curl", "-ks", "--connect-to", instead, "https://" + NAME + "/")
                .hello();
        assertEquals(NAME, hello.serverName());
        assertTrue(hello.protocols().contains("http/1.1"), hello.toString());
    }

    /** Debian's is built with GnuTLS. */
    @Test
    void gnutls() throws Exception {
        Programs.need("wget", "wget", "--version");
        String url = "https://localhost:" + server.port();
        ClientHello hello = server.helloOf("wget", "-q", "-O-", "-t1", "--no-check-certificate", url)
                .hello();
        assertEquals("localhost", hello.serverName());
    }

    @Test
    void nss(@TempDir Path database) throws Exception {
        Programs.need("tstclnt (Debian: libnss3-tools)", "sh", "-c", "command -v tstclnt && command -v certutil");
        try (ChildProcess made =
                ChildProcess.start(List.of("certutil", "-N", "-d", "sql:" + database, "--empty-password"))) {
            assertEquals(0, made.exitStatus(), made::toString);
        }
        String port = String.valueOf(server.port());
        String[] command = {"tstclnt", "-h", "127.0.0.1", "-p", port, "-d", "sql:" + database, "-a", NAME, "-o"};
        assertEquals(NAME, server.helloOf(command).hello().serverName());
    }

    @Test
    void python() throws Exception {
        Programs.need("python3", "python3", "--version");
        String program = "import socket, ssl\n"
                + "context = ssl.create_default_context()\n"
                + "context.set_alpn_protocols(['postgresql'])\n"
                + "link = socket.create_connection(('127.0.0.1', " + server.port() + "))\n"
                + "context.wrap_socket(link, server_hostname='" + NAME + "')\n";
        assertEquals(
                ClientHello.of(NAME, List.of("postgresql")),
                server.helloOf("python3", "-c", program).hello());
    }

    /** With a post-quantum key share, larger than one packet, and an encrypted client hello that is only GREASE. */
    @Test
    void chromium(@TempDir Path profile) throws Exception {
        Programs.need("chromium", "chromium", "--version");
        HelloReceiver.Received received = server.helloOf(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + profile,
                "--host-resolver-rules=MAP " + NAME + " 127.0.0.1",
                "--dump-dom",
                "https://" + NAME + ":" + server.port() + "/");
        ClientHello hello = received.hello();
        assertEquals(NAME, hello.serverName());
        assertTrue(hello.protocols().contains("h2"), hello.toString());
        assertTrue(received.bytes().remaining() > SEGMENT, received::toString);
        assertTrue(received.extensions().contains(ENCRYPTED_CLIENT_HELLO), received::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void thisJava(String version) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine(NAME, 443);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        engine.setSSLParameters(parameters);
        ByteBuffer sent = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), sent);
        ClientHelloDecoder decoder = new ClientHelloDecoder();
        byte[] bytes = new byte[sent.flip().remaining()];
        sent.get(bytes);
        assertTrue(Hellos.feed(decoder, bytes, 100));
        assertEquals(ClientHello.of(NAME, List.of("h2", "http/1.1")), decoder.hello());
    }
}
