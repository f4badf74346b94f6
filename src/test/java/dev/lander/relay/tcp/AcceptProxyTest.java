package dev.lander.relay.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lander.metrics.Counter;
import dev.lander.relay.RandomStream;
import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Balancers in front tell by a PROXY header who the client is. */
class AcceptProxyTest {
    private static final String HEADER = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n";
    private static final byte[] HEADER_V2 =
            HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "2111000c" + "c0000207c6336401dc0401bb");

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void theComponentIsToldWhatTheBalancerTold(String version) throws Exception {
        try (RelayRig rig = RelayRig.start(trusting("127.0.0.0/8"))) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "proxy_protocol", version);
            for (byte[] header : List.of(HEADER.getBytes(ISO_8859_1), HEADER_V2)) {
                Socket client = rig.connect();
                client.getOutputStream().write(header);
                client.getOutputStream().write("hello".getBytes(ISO_8859_1));
                client.shutdownOutput();
                Socket served = rig.accept(component);
                byte[] told = version.equals("v1") ? HEADER.getBytes(ISO_8859_1) : HEADER_V2;
                assertEquals(new String(told, ISO_8859_1) + "hello", readAll(served));
                served.getOutputStream().write("welcome".getBytes(ISO_8859_1));
                served.close();
                assertEquals("welcome", readAll(client));
            }
            assertEquals(2L * "hello".length(), rig.sum("bytes_in"), "no header is counted");
        }
    }

    @Test
    void aHeaderIsUnderstoodHoweverItIsCut() throws Exception {
        try (RelayRig rig = RelayRig.start(trusting("127.0.0.1"));
                TcpServer echo = TcpServer.echo()) {
            rig.register("tcp", echo.port());
            for (byte[] header : List.of(HEADER.getBytes(ISO_8859_1), HEADER_V2)) {
                byte[] all = (new String(header, ISO_8859_1) + "hello").getBytes(ISO_8859_1);
                for (int cut = 1; cut < all.length; cut++) {
                    try (Socket client = rig.connect()) {
                        client.getOutputStream().write(all, 0, cut);
                        rig.letTurn();
                        client.getOutputStream().write(all, cut, all.length - cut);
                        client.shutdownOutput();
                        assertEquals("hello", readAll(client), "cut at " + cut);
                    }
                }
            }
        }
    }

    @Test
    void muchBehindTheHeaderIsRelayedUnchanged() throws Exception {
        try (RelayRig rig = RelayRig.start(trusting("127.0.0.1"))) {
            ServerSocket component = rig.listenWithSmallBuffer();
            rig.register("tcp", component.getLocalPort(), "proxy_protocol", "v1");
            Socket client = rig.connect();
            RandomStream bytes = new RandomStream(System.nanoTime(), 100_000);
            client.getOutputStream().write(HEADER_V2);
            bytes.writeTo(client.getOutputStream());
            client.shutdownOutput();
            Socket served = rig.accept(component);
            assertEquals(HEADER, new String(served.getInputStream().readNBytes(HEADER.length()), ISO_8859_1));
            bytes.checkAll(served.getInputStream());
            assertEquals(100_000, rig.sum("bytes_in"));
        }
    }

    @Test
    void theSourcePolicyGoesByTheClientAndNotByTheBalancer() throws Exception {
        try (RelayRig rig = RelayRig.start(trusting("127.0.0.1"));
                TcpServer one = TcpServer.tellingItsPort();
                TcpServer other = TcpServer.tellingItsPort()) {
            rig.register("tcp", one.port(), "balance", "source");
            rig.register("tcp", other.port());
            Set<String> chosen = new HashSet<>();
            for (int i = 1; i <= 32; i++) {
                String header = "PROXY TCP4 192.0.2." + i + " 198.51.100.1 56324 443\r\n";
                String first = ask(rig, header);
                assertEquals(first, ask(rig, header));
                chosen.add(first);
            }
            assertEquals(2, chosen.size());
        }
    }

    @Test
    void limitsPerClientGoByTheClient() throws Exception {
        try (RelayRig rig = RelayRig.start(trusting("127.0.0.1"));
                TcpServer echo = TcpServer.echo()) {
            rig.register("tcp", echo.port(), "max_per_client", 1);
            String other = HEADER.replace("192.0.2.7", "192.0.2.8");
            for (String header : List.of(HEADER, other)) {
                Socket client = rig.connect();
                client.getOutputStream().write((header + "x").getBytes(ISO_8859_1));
                assertEquals('x', client.getInputStream().read());
            }
            Socket oneTooMany = rig.connect();
            oneTooMany.getOutputStream().write(other.getBytes(ISO_8859_1));
            assertClosed(oneTooMany);
            assertEquals(1, rig.lander().counted(Counter.CLIENT_PER_CLIENT));
        }
    }

    @Test
    void aClientThatWaitsAndHasSentAllKeepsItsPlace() throws Exception {
        TestOptions options = trusting("127.0.0.1");
        options.queueTimeout = Duration.ofSeconds(10);
        try (RelayRig rig = RelayRig.start(options);
                TcpServer echo = TcpServer.echo()) {
            rig.register("tcp", echo.port(), "max_connections", 1);
            Socket first = rig.connect();
            first.getOutputStream().write((HEADER + "x").getBytes(ISO_8859_1));
            assertEquals('x', first.getInputStream().read());
            Socket waiting = rig.connect();
            waiting.getOutputStream().write((HEADER + "hello").getBytes(ISO_8859_1));
            waiting.shutdownOutput();
            rig.letTurn();
            rig.letTurn();
            first.close();
            assertEquals("hello", readAll(waiting));
            assertEquals(0, rig.lander().counted(Counter.CLIENT_QUEUE_LEFT));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY UNKNOWN\r\n", "\r\n\r\n\0\r\nQUIT\n \0\0\0"})
    void aHeaderThatNamesNobodyLeavesTheConnectionsOwnAddress(String header) throws Exception {
        try (RelayRig rig = RelayRig.start(trusting("127.0.0.1"))) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "proxy_protocol", "v1");
            Socket client = rig.connect();
            client.getOutputStream().write(header.getBytes(ISO_8859_1));
            client.shutdownOutput();
            String told = "PROXY TCP4 127.0.0.1 127.0.0.1 " + client.getLocalPort() + " " + rig.port() + "\r\n";
            assertEquals(told, readAll(rig.accept(component)));
        }
    }

    @Test
    void othersAreTakenAsTheyAre() throws Exception {
        try (RelayRig rig = RelayRig.start(trusting("192.0.2.0/24"));
                TcpServer echo = TcpServer.echo()) {
            rig.register("tcp", echo.port());
            assertEquals(HEADER, ask(rig, HEADER));
        }
    }

    @Test
    void aBrokenOrTooLongHeaderClosesTheConnection() throws Exception {
        TestOptions options = trusting("127.0.0.1");
        options.maxConnections = 1;
        try (RelayRig rig = RelayRig.start(options);
                TcpServer echo = TcpServer.echo()) {
            rig.register("tcp", echo.port());
            int broken = 0;
            for (String header :
                    List.of("GET / HTTP/1.0\r\n\r\n", "PROXY TCP4 x\r\n", "PROXY UNKNOWN " + "x".repeat(99))) {
                Socket client = rig.connect();
                client.getOutputStream().write(header.getBytes(ISO_8859_1));
                assertClosed(client);
                broken++;
                assertEquals(broken, rig.lander().counted(Counter.CLIENT_PROXY_BROKEN));
            }
            assertEquals(0, echo.accepted());
            assertEquals("", ask(rig, HEADER), "the slot is free again");
        }
    }

    @Test
    void noHeaderWithinFiveSecondsClosesTheConnection() throws Exception {
        TestOptions options = trusting("127.0.0.1");
        try (RelayRig rig = RelayRig.startWithMovedClock(options);
                TcpServer echo = TcpServer.echo()) {
            rig.register("tcp", echo.port());
            Socket late = rig.connect();
            late.getOutputStream().write(HEADER.substring(0, 20).getBytes(ISO_8859_1));
            rig.letTurn();
            rig.advance(Duration.ofMillis(4_500));
            assertEquals(0, rig.lander().counted(Counter.CLIENT_PROXY_MISSING));
            Socket inTime = rig.connect();
            inTime.getOutputStream().write((HEADER + "in time").getBytes(ISO_8859_1));
            inTime.shutdownOutput();
            assertEquals("in time", readAll(inTime));
            rig.advance(Duration.ofMillis(500));
            assertClosed(late);
            assertEquals(1, rig.lander().counted(Counter.CLIENT_PROXY_MISSING));
            rig.advance(Duration.ofSeconds(6));
            assertEquals(1, rig.lander().counted(Counter.CLIENT_PROXY_MISSING));
        }
    }

    @Test
    void anEndOrResetInsteadOfAHeaderIsCounted() throws Exception {
        try (RelayRig rig = RelayRig.start(trusting("127.0.0.1"));
                TcpServer echo = TcpServer.echo()) {
            rig.register("tcp", echo.port());
            rig.connect().close();
            Await.until("the end is seen", () -> rig.lander().counted(Counter.CLIENT_PROXY_MISSING) == 1);
            Socket client = rig.connect();
            client.getOutputStream().write('P');
            client.setSoLinger(true, 0);
            client.close();
            Await.until("the reset is seen", () -> rig.lander().counted(Counter.CLIENT_PROXY_MISSING) == 2);
            assertNotEquals("", ask(rig, HEADER + "x"));
        }
    }

    private static TestOptions trusting(String range) {
        TestOptions options = new TestOptions();
        options.acceptProxy = List.of(AddressRange.parse(range));
        return options;
    }

    /** What comes back when the client has sent this and ended. */
    private static String ask(RelayRig rig, String text) throws IOException {
        try (Socket client = rig.connect()) {
            client.getOutputStream().write(text.getBytes(ISO_8859_1));
            client.shutdownOutput();
            return readAll(client);
        }
    }

    /** An orderly end or a reset, as something may be unread. */
    private static void assertClosed(Socket client) throws IOException {
        try {
            assertEquals(-1, client.getInputStream().read());
        } catch (java.net.SocketException reset) {
            assertEquals("Connection reset", reset.getMessage());
        }
    }

    private static String readAll(Socket from) throws IOException {
        return new String(from.getInputStream().readAllBytes(), ISO_8859_1);
    }
}
