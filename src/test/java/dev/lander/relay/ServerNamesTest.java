package dev.lander.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.metrics.Counter;
import dev.lander.relay.tls.Hellos;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgpack.value.Value;

/** Services that share a relay port, told apart by what clients ask for in their first message. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServerNamesTest {
    private static final byte[] PLAIN = "GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII);

    @Test
    void exactNamesGoBeforeWildcardsAndThoseBeforeEverybodyElse() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer shop = NamedServer.of("shop");
                TcpServer wild = NamedServer.of("wild");
                TcpServer rest = NamedServer.of("rest")) {
            rig.register("tcp", wild.port(), "server_names", List.of("*.example.com"));
            rig.register("tcp", rest.port());
            rig.register("tcp", shop.port(), "server_names", List.of("Shop.Example.com", "example.com"));
            assertEquals("shop", served(rig, "shop.example.com"));
            assertEquals("shop", served(rig, "SHOP.example.COM"));
            assertEquals("shop", served(rig, "example.com"));
            assertEquals("wild", served(rig, "other.example.com"));
            assertEquals("rest", served(rig, "a.other.example.com"), "one label for a wildcard");
            assertEquals("rest", served(rig, "example.org"));
            assertEquals(
                    "rest", NamedServer.served(rig.address(), Hellos.record(Hellos.message(Hellos.body(new byte[0])))));
            assertEquals("rest", NamedServer.served(rig.address(), PLAIN));
            assertEquals("rest", NamedServer.served(rig.address(), new byte[0]), "who ends at once asks for no name");
        }
    }

    @Test
    void theHelloIsPassedOnUnchanged() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer shop = NamedServer.of("shop")) {
            rig.register("tcp", shop.port(), "server_names", List.of("shop.example.com"));
            byte[] sent = Hellos.join(Hellos.of("shop.example.com", "h2"), new byte[100_000]);
            assertEquals("shop:" + new String(sent, ISO_8859_1), NamedServer.answer(rig.address(), sent));
        }
    }

    @Test
    void protocolsAreASecondKey() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer h2 = NamedServer.of("h2");
                TcpServer mail = NamedServer.of("mail");
                TcpServer named = NamedServer.of("named")) {
            rig.register("tcp", h2.port(), "server_names", List.of("a.example"), "alpn", List.of("h2"));
            rig.register("tcp", named.port(), "server_names", List.of("a.example"));
            rig.register("tcp", mail.port(), "alpn", List.of("imap", "managesieve"));
            assertEquals("h2", served(rig, "a.example", "http/1.1", "h2"));
            assertEquals("named", served(rig, "a.example", "http/1.1"));
            assertEquals("named", served(rig, "a.example", "imap"), "a name goes before a protocol");
            assertEquals("mail", served(rig, "b.example", "imap"));
            assertEquals("", served(rig, "b.example", "h2"));
            assertEquals(1, rig.lander().counted(Counter.CLIENT_NO_SERVICE));
        }
    }

    @Test
    void whereNoneFitsTheClientIsClosedAndCounted() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer shop = NamedServer.of("shop")) {
            rig.register("tcp", shop.port(), "server_names", List.of("shop.example.com"));
            assertEquals("", served(rig, "other.example.com"));
            assertEquals("", NamedServer.served(rig.address(), PLAIN));
            assertEquals(2, rig.lander().counted(Counter.CLIENT_NO_SERVICE));
            assertEquals("", NamedServer.served(rig.address(), new byte[] {22, 3, 1}));
            assertEquals(1, rig.lander().counted(Counter.CLIENT_HELLO_MISSING), "it ends within its hello");
            assertEquals("", NamedServer.served(rig.address(), new byte[] {22, 3, 1, 0, 1, 7}));
            assertEquals(1, rig.lander().counted(Counter.CLIENT_HELLO_BROKEN));
        }
    }

    @Test
    void whoSendsNothingIsClosedAfterFiveSeconds() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                TcpServer shop = NamedServer.of("shop")) {
            rig.register("tcp", shop.port(), "server_names", List.of("shop.example.com"));
            Socket silent = rig.connect();
            Socket slow = rig.connect();
            slow.getOutputStream().write(new byte[] {22, 3});
            rig.letTurn();
            rig.advance(Duration.ofMillis(4_500));
            assertEquals(0, rig.lander().counted(Counter.CLIENT_HELLO_MISSING));
            rig.advance(Duration.ofSeconds(1));
            assertEquals(-1, silent.getInputStream().read());
            assertEquals(-1, slow.getInputStream().read());
            assertEquals(2, rig.lander().counted(Counter.CLIENT_HELLO_MISSING));
        }
    }

    @Test
    void theSameNamesAreTheSameServiceAndOverlapIsAConflict() throws Exception {
        try (RelayRig rig = RelayRig.start();
                ControlPeer other = rig.lander().control()) {
            rig.register("tcp", 1, "server_names", List.of("a.example", "*.b.example"), "balance", "random");
            assertEquals(0, register(other, 2, rig, "server_names", List.of("*.B.example", "A.example", "a.example")));
            assertEquals(12, register(other, 3, rig, "server_names", List.of("a.example"), "balance", "random"));
            assertEquals(
                    12,
                    register(other, 3, rig, "server_names", List.of("a.example", "*.b.example"), "balance", "source"));
            other.send(
                    "cmd",
                    "register",
                    "protocol",
                    "tcp",
                    "port",
                    4,
                    "relay_port",
                    rig.port(),
                    "server_names",
                    List.of("x.example", "*.b.example"));
            Map<String, Value> clash = other.reply();
            assertEquals(12, ControlPeer.error(clash));
            assertEquals(
                    "server_names: *.b.example is also asked for by tcp/" + rig.port() + "#a.example,+1",
                    ControlPeer.field(clash, "message").toString());
            assertEquals(0, register(other, 5, rig, "server_names", List.of("x.b.example")), "a name under a wildcard");
            assertEquals(0, register(other, 6, rig));
            assertEquals(0, register(other, 7, rig, "server_names", List.of("a.example"), "alpn", List.of("h2")));
            assertEquals(12, register(other, 8, rig, "alpn", List.of("h2", "x"), "server_names", List.of("a.example")));
            assertEquals(4, other.status().asArrayValue().size());
        }
    }

    @Test
    void thePortIsBoundByTheFirstAndClosedAfterTheLast() throws Exception {
        try (RelayRig rig = RelayRig.start();
                ControlPeer second = rig.lander().control();
                TcpServer a = NamedServer.of("a");
                TcpServer b = NamedServer.of("b")) {
            rig.register("tcp", a.port(), "server_names", List.of("a.example"));
            assertEquals(0, register(second, b.port(), rig, "server_names", List.of("b.example")));
            assertEquals("a", served(rig, "a.example"));
            rig.unregister("tcp", a.port());
            assertEquals("", served(rig, "a.example"));
            assertEquals("b", served(rig, "b.example"));
            rig.register("tcp", a.port(), "server_names", List.of("a.example"));
            second.socket().close();
            Await.until(
                    "b has left", () -> rig.control().status().asArrayValue().size() == 1);
            assertEquals("a", served(rig, "a.example"));
            rig.unregister("tcp", a.port());
            Assertions.assertThrows(ConnectException.class, () -> rig.connect().close());
            rig.register("tcp", b.port());
            assertEquals("b", NamedServer.served(rig.address(), PLAIN));
        }
    }

    @Test
    void aServiceAloneTakesItsClientsAsTheyComeAndIsToldWhenThatEnds() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer shop = NamedServer.of("shop");
                TcpServer teller = TcpServer.tellingItsPort()) {
            rig.control().send("cmd", "register", "protocol", "tcp", "port", teller.port(), "relay_port", rig.port());
            assertTrue(!rig.control().reply().containsKey("message"));
            assertEquals(
                    Integer.toString(teller.port()),
                    Received.from(rig.connect()).text(),
                    "its server speaks first");
            rig.control()
                    .send(
                            "cmd",
                            "register",
                            "protocol",
                            "tcp",
                            "port",
                            shop.port(),
                            "relay_port",
                            rig.port(),
                            "server_names",
                            List.of("shop.example.com"));
            String message = ControlPeer.field(rig.control().reply(), "message").toString();
            assertTrue(message.contains("speaks before its client"), message);
        }
    }

    @Test
    void whatIsNoNameOrProtocolIsRefusedByName() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            for (String name : List.of(
                    "*",
                    "a.*.example",
                    "*a.example",
                    "a..example",
                    "bücher.example",
                    "",
                    "-a.example",
                    "x y",
                    "a.*",
                    "*.")) {
                assertRefused(rig, "server_names", List.of(name), "not");
            }
            assertRefused(rig, "server_names", List.of("x".repeat(256)), "server_names must be");
            assertRefused(rig, "server_names", List.of(), "server_names must be an array of 1 to 64");
            assertRefused(rig, "server_names", "a.example", "server_names must be an array of 1 to 64");
            assertRefused(rig, "alpn", List.of("a b"), "alpn must be");
            assertRefused(rig, "alpn", List.of(""), "alpn must be");
            assertEquals(1, rig.control().register("udp", 1, rig.port(), "server_names", List.of("a.example")));
            assertEquals(1, rig.control().register("udp", 1, rig.port(), "alpn", List.of("doq")));
        }
    }

    private static void assertRefused(RelayRig rig, String field, Object value, String expected) throws IOException {
        rig.control().send("cmd", "register", "protocol", "tcp", "port", 1, "relay_port", rig.port(), field, value);
        Map<String, Value> reply = rig.control().reply();
        assertEquals(1, ControlPeer.error(reply), value.toString());
        String message = ControlPeer.field(reply, "message").toString();
        assertTrue(message.startsWith(field + " must be") && message.contains(expected), message);
    }

    @Test
    void behindABalancerTheHeaderComesFirst() throws Exception {
        TestOptions options = new TestOptions();
        options.acceptProxy = List.of(AddressRange.parse("127.0.0.1"));
        try (RelayRig rig = RelayRig.start(options);
                TcpServer shop = NamedServer.of("shop")) {
            rig.register(
                    "tcp",
                    shop.port(),
                    "server_names",
                    List.of("shop.example.com"),
                    "proxy_protocol",
                    "v1",
                    "clients",
                    List.of("192.0.2.0/24"));
            byte[] hello = Hellos.of("shop.example.com");
            String header = "PROXY TCP4 192.0.2.7 198.51.100.1 5 443\r\n";
            byte[] sent = Hellos.join(header.getBytes(US_ASCII), hello);
            String expected = "shop:" + header + new String(hello, ISO_8859_1);
            assertEquals(expected, NamedServer.answer(rig.address(), sent));
            for (int cut = 1; cut < sent.length; cut += 7) {
                assertEquals(expected, inTwo(rig, sent, cut));
            }
            byte[] other = Hellos.join("PROXY TCP4 192.0.3.7 198.51.100.1 5 443\r\n".getBytes(US_ASCII), hello);
            assertEquals("", NamedServer.answer(rig.address(), other));
            assertEquals(1, rig.lander().counted(Counter.CLIENT_REFUSED));
        }
    }

    @Test
    void theHelloMayBeCutAnywhere() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer shop = NamedServer.of("shop")) {
            rig.register("tcp", shop.port(), "server_names", List.of("s.example"));
            byte[] sent = Hellos.of("s.example");
            for (int cut = 1; cut < sent.length; cut++) {
                assertEquals("shop:" + new String(sent, ISO_8859_1), inTwo(rig, sent, cut), "cut at " + cut);
            }
        }
    }

    /** What comes back when the bytes come in two pieces, the second after the first was read. */
    private static String inTwo(RelayRig rig, byte[] sent, int cut) throws IOException {
        try (Socket client = rig.connect()) {
            client.setTcpNoDelay(true);
            client.getOutputStream().write(sent, 0, cut);
            rig.letTurn();
            client.getOutputStream().write(sent, cut, sent.length - cut);
            client.shutdownOutput();
            return new String(client.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static int register(ControlPeer peer, int port, RelayRig rig, Object... more) throws IOException {
        return peer.register("tcp", port, rig.port(), more);
    }

    private static String served(RelayRig rig, String name, String... protocols) throws IOException {
        byte[] hello = protocols.length == 0
                ? Hellos.record(Hellos.message(Hellos.body(Hellos.extensions(Hellos.serverName(name)))))
                : Hellos.of(name, protocols);
        return NamedServer.served(rig.address(), hello);
    }
}
