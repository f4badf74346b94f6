package dev.lander.relay.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ChildProcess;
import dev.lander.testing.Programs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
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

/** What the libraries send that clients really use. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RealClientHellosTest {
    private static final String NAME = "shop.example.com";
    private static final int TIMEOUT_MS = 30_000;

    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        server.setSoTimeout(TIMEOUT_MS);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void openssl(String version) throws Exception {
        Programs.need("openssl", "openssl", "version");
        String address = "127.0.0.1:" + server.getLocalPort();
        assertEquals(
                new ClientHello(NAME, List.of("h2", "http/1.1")),
                helloOf(
                        "openssl",
                        "s_client",
                        "-connect",
                        address,
                        version,
                        "-servername",
                        NAME,
                        "-alpn",
                        "h2,http/1.1"));
    }

    @Test
    void opensslWithoutAName() throws Exception {
        Programs.need("openssl", "openssl", "version");
        String address = "127.0.0.1:" + server.getLocalPort();
        assertEquals(
                new ClientHello(null, List.of()), helloOf("openssl", "s_client", "-connect", address, "-noservername"));
    }

    @Test
    void curl() throws Exception {
        Programs.need("curl", "curl", "--version");
        ClientHello hello = helloOf(
                "curl",
                "-ks",
                "--connect-to",
                NAME + ":443:127.0.0.1:" + server.getLocalPort(),
                "https://" + NAME + "/");
        assertEquals(NAME, hello.serverName());
        assertTrue(hello.protocols().contains("http/1.1"), hello.toString());
    }

    /** Debian's is built with GnuTLS. */
    @Test
    void gnutls() throws Exception {
        Programs.need("wget", "wget", "--version");
        ClientHello hello = helloOf(
                "wget", "-q", "-O-", "-t1", "--no-check-certificate", "https://localhost:" + server.getLocalPort());
        assertEquals("localhost", hello.serverName());
    }

    @Test
    void python() throws Exception {
        Programs.need("python3", "python3", "--version");
        String program = "import socket, ssl\n"
                + "context = ssl.create_default_context()\n"
                + "context.set_alpn_protocols(['postgresql'])\n"
                + "link = socket.create_connection(('127.0.0.1', " + server.getLocalPort() + "))\n"
                + "context.wrap_socket(link, server_hostname='" + NAME + "')\n";
        assertEquals(new ClientHello(NAME, List.of("postgresql")), helloOf("python3", "-c", program));
    }

    @Test
    void chromium(@TempDir Path profile) throws Exception {
        Programs.need("chromium", "chromium", "--version");
        ClientHello hello = helloOf(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + profile,
                "--host-resolver-rules=MAP " + NAME + " 127.0.0.1",
                "--dump-dom",
                "https://" + NAME + ":" + server.getLocalPort() + "/");
        assertEquals(NAME, hello.serverName());
        assertTrue(hello.protocols().contains("h2"), hello.toString());
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
        assertEquals(new ClientHello(NAME, List.of("h2", "http/1.1")), decoder.hello());
    }

    /** What the program sends when it connects; the same as it comes, and byte by byte. */
    private ClientHello helloOf(String... command) throws Exception {
        try (ChildProcess client = ChildProcess.start(List.of(command))) {
            assertTrue(client.pid() > 0);
            try (Socket connection = server.accept()) {
                connection.setSoTimeout(TIMEOUT_MS);
                ClientHelloDecoder decoder = new ClientHelloDecoder();
                ReadableByteChannel in = Channels.newChannel(connection.getInputStream());
                do {
                    ByteBuffer piece = ByteBuffer.allocate(decoder.room());
                    assertFalse(in.read(piece) < 0, "it has ended");
                    decoder.take(piece.flip());
                } while (!decoder.isWhole());
                byte[] all = new byte[decoder.received().remaining()];
                decoder.received().get(all);
                ClientHelloDecoder slow = new ClientHelloDecoder();
                assertTrue(Hellos.feed(slow, all, 1));
                assertEquals(decoder.hello(), slow.hello());
                return decoder.hello();
            }
        }
    }
}
