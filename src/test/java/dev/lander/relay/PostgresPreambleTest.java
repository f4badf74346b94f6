package dev.lander.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.metrics.Counter;
import dev.lander.relay.tls.Hellos;
import dev.lander.relay.tls.PostgresRequestDecoder;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgpack.value.Value;

/**
 * PostgreSQL's clients ask for TLS ahead of TLS, and wait for an answer: the port gives it, and the component is asked.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PostgresPreambleTest {
    private static final byte[] TLS_REQUEST = PostgresRequestDecoder.request().array();
    private static final byte[] GSS_REQUEST =
            ByteBuffer.allocate(8).putInt(8).putInt(80_877_104).array();
    private static final byte[] STARTUP =
            ByteBuffer.allocate(8).putInt(8).putInt(196_608).array();
    private static final byte[] HELLO = Hellos.of("db.example", "postgresql");
    private static final Object[] NAMED = {"server_names", List.of("db.example"), "preamble", "postgres"};

    /** Reads a request for TLS after as many other bytes, answers, and goes on as {@link NamedServer}. */
    private static TcpServer server(String name, int before, String answer) throws IOException {
        return TcpServer.serving(connection -> {
            InputStream in = connection.getInputStream();
            String ahead = text(in.readNBytes(before));
            if (text(in.readNBytes(TLS_REQUEST.length)).equals(text(TLS_REQUEST))) {
                connection.getOutputStream().write(answer.getBytes(US_ASCII));
                String got = text(in.readAllBytes());
                connection.getOutputStream().write((name + ":" + ahead + got).getBytes(ISO_8859_1));
            }
        });
    }

    @Test
    void theRequestIsAnsweredAndRepeated() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer db = server("db", 0, "S")) {
            rig.register("tcp", db.port(), NAMED);
            try (Socket client = rig.connect()) {
                request(client, TLS_REQUEST, 'S');
                assertEquals("db:" + text(HELLO), finish(client, HELLO));
            }
            assertEquals(HELLO.length, rig.sum("bytes_in"), "what Lander has sent by itself is not counted");
        }
    }

    @Test
    void encryptionByKerberosIsDeniedAndTlsMayBeAskedForThen() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer db = server("db", 0, "S")) {
            rig.register("tcp", db.port(), NAMED);
            try (Socket client = rig.connect()) {
                request(client, GSS_REQUEST, 'N');
                request(client, TLS_REQUEST, 'S');
                assertEquals("db:" + text(HELLO), finish(client, HELLO));
            }
        }
    }

    @Test
    void requestAndHelloMayBeCutAnywhere() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer db = server("db", 0, "S")) {
            rig.register("tcp", db.port(), NAMED);
            for (int cut = 1; cut < HELLO.length; cut++) {
                try (Socket client = rig.connect()) {
                    client.setTcpNoDelay(true);
                    int at = Math.min(cut, TLS_REQUEST.length - 1);
                    client.getOutputStream().write(TLS_REQUEST, 0, at);
                    rig.letTurn();
                    client.getOutputStream().write(TLS_REQUEST, at, TLS_REQUEST.length - at);
                    assertEquals('S', client.getInputStream().read());
                    client.getOutputStream().write(HELLO, 0, cut);
                    rig.letTurn();
                    client.getOutputStream().write(HELLO, cut, HELLO.length - cut);
                    assertEquals("db:" + text(HELLO), finish(client, new byte[0]), "cut at " + cut);
                }
            }
        }
    }

    @Test
    void whoBeginsTlsAtOnceIsPassedOnAsItIs() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer db = NamedServer.of("db");
                TcpServer plain = NamedServer.of("plain")) {
            rig.register("tcp", db.port(), NAMED);
            rig.register("tcp", plain.port());
            assertEquals("db:" + text(HELLO), NamedServer.answer(rig.address(), HELLO));
            assertEquals("plain:" + text(STARTUP), NamedServer.answer(rig.address(), STARTUP));
            assertEquals("plain:\0\0\0", NamedServer.answer(rig.address(), new byte[3]), "it ends within a request");
            byte[] long1 = new byte[100_000];
            assertEquals("plain:" + text(long1), NamedServer.answer(rig.address(), long1));
        }
    }

    @Test
    void whereNobodyExpectsItARequestIsNothingSpecial() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer shop = NamedServer.of("shop");
                TcpServer rest = NamedServer.of("rest")) {
            rig.register("tcp", shop.port(), "server_names", List.of("shop.example"));
            rig.register("tcp", rest.port());
            assertEquals("rest:" + text(TLS_REQUEST), NamedServer.answer(rig.address(), TLS_REQUEST));
        }
    }

    @Test
    void aComponentWithoutTlsIsAnEndOfItsOwn() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer no = server("no", 0, "N");
                TcpServer gone = TcpServer.serving(
                        connection -> connection.getInputStream().read())) {
            rig.register("tcp", no.port(), NAMED);
            assertClosedBehindTheAnswer(rig);
            assertEquals(1, rig.lander().counted(Counter.CLIENT_PREAMBLE));
            rig.unregister("tcp", no.port());
            rig.register("tcp", gone.port(), NAMED);
            assertClosedBehindTheAnswer(rig);
            assertEquals(2, rig.lander().counted(Counter.CLIENT_PREAMBLE));
            assertEquals(0, rig.sum("total"), "each client is in one counter");
            Await.until("nothing is open", () -> rig.sum("active") == 0);
        }
    }

    @Test
    void aSilentComponentHasAsLongAsAConnect() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                ServerSocket silent = rig.listen()) {
            rig.register("tcp", silent.getLocalPort(), NAMED);
            try (Socket client = rig.connect()) {
                request(client, TLS_REQUEST, 'S');
                client.getOutputStream().write(HELLO);
                try (Socket component = silent.accept()) {
                    assertEquals(
                            text(TLS_REQUEST), text(component.getInputStream().readNBytes(TLS_REQUEST.length)));
                    rig.advance(Duration.ofSeconds(6));
                    assertEquals(-1, client.getInputStream().read());
                    assertEquals(-1, component.getInputStream().read());
                }
            }
            assertEquals(1, rig.lander().counted(Counter.CLIENT_PREAMBLE));
        }
    }

    @Test
    void whatFollowsARequestBeforeItsAnswerIsRefused() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer db = server("db", 0, "S")) {
            rig.register("tcp", db.port(), NAMED);
            assertEquals("", NamedServer.answer(rig.address(), Hellos.join(TLS_REQUEST, HELLO)));
            assertEquals(1, rig.lander().counted(Counter.CLIENT_HELLO_BROKEN));
            try (Socket client = rig.connect()) {
                request(client, TLS_REQUEST, 'S');
                assertEquals("", finish(client, STARTUP), "no TLS after all");
            }
            assertEquals(2, rig.lander().counted(Counter.CLIENT_HELLO_BROKEN));
            try (Socket client = rig.connect()) {
                request(client, TLS_REQUEST, 'S');
                assertEquals("", finish(client, new byte[0]));
            }
            assertEquals(1, rig.lander().counted(Counter.CLIENT_HELLO_MISSING));
        }
    }

    @Test
    void thePROXYHeaderGoesAheadOfTheRequestOnce() throws Exception {
        try (RelayRig rig = RelayRig.start();
                Socket client = rig.own(new Socket())) {
            client.bind(null);
            String header = "PROXY TCP4 127.0.0.1 127.0.0.1 " + client.getLocalPort() + " " + rig.port() + "\r\n";
            try (TcpServer db = server("db", header.length(), "S")) {
                rig.register(
                        "tcp",
                        db.port(),
                        "server_names",
                        List.of("db.example"),
                        "preamble",
                        "postgres",
                        "proxy_protocol",
                        "v1");
                client.setSoTimeout(10_000);
                client.connect(rig.address());
                request(client, TLS_REQUEST, 'S');
                assertEquals("db:" + header + text(HELLO), finish(client, HELLO));
            }
        }
    }

    @Test
    void itIsATermOfAServiceWithNames() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            rig.register("tcp", 1, NAMED);
            rig.register("tcp", 2, "server_names", List.of("db.example"));
            rig.register("tcp", 3, "server_names", List.of("x.example"));
            assertEquals(
                    12,
                    rig.control()
                            .register(
                                    "tcp",
                                    4,
                                    rig.port(),
                                    "server_names",
                                    List.of("x.example"),
                                    "preamble",
                                    "postgres"));
            assertEquals(1, rig.control().register("tcp", 5, rig.port(), "preamble", "postgres"));
            rig.control()
                    .send(
                            "cmd",
                            "register",
                            "protocol",
                            "tcp",
                            "port",
                            6,
                            "relay_port",
                            rig.port(),
                            "server_names",
                            List.of("y.example"),
                            "preamble",
                            "mysql");
            Map<String, Value> reply = rig.control().reply();
            assertEquals(1, ControlPeer.error(reply));
            assertTrue(
                    ControlPeer.field(reply, "message").toString().startsWith("preamble must be postgres, not"),
                    reply.toString());
        }
    }

    private static void assertClosedBehindTheAnswer(RelayRig rig) throws IOException {
        try (Socket client = rig.connect()) {
            request(client, TLS_REQUEST, 'S');
            assertEquals("", finish(client, HELLO));
        }
    }

    private static void request(Socket client, byte[] request, char answer) throws IOException {
        client.getOutputStream().write(request);
        assertEquals(answer, (char) client.getInputStream().read());
    }

    /** Sends these bytes and an end; all that comes back. */
    private static String finish(Socket client, byte[] sent) throws IOException {
        client.getOutputStream().write(sent);
        client.shutdownOutput();
        return text(client.getInputStream().readAllBytes());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }
}
