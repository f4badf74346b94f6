package dev.lander.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.metrics.Counter;
import dev.lander.relay.tls.Hellos;
import dev.lander.testing.Await;
import dev.lander.testing.BoundPorts;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** What a service has by itself, though it shares its relay port: queue, limits, drain, and what is shown of it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SharedPortTest {
    private static final List<String> A = List.of("a.example");
    private static final List<String> B = List.of("b.example");

    @Test
    void helloOfManyRecordsAndOneOfTheLongestAreUnderstood() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer a = NamedServer.of("a")) {
            rig.register("tcp", a.port(), "server_names", A);
            byte[] longest = longHello(16 * 1024);
            for (int most : new int[] {7, 100, 16_000}) {
                byte[] sent = Hellos.records(longest, most == 7 ? 100 : most);
                byte[] pieces = most == 7 ? Hellos.records(longHello(1_500), most) : sent;
                assertEquals("a:" + text(pieces), NamedServer.answer(rig.address(), pieces), "records of " + most);
            }
            assertEquals("", NamedServer.answer(rig.address(), Hellos.records(longHello(16 * 1024 + 100), 16_000)));
            assertEquals(1, rig.lander().counted(Counter.CLIENT_HELLO_BROKEN));
        }
    }

    /** A message of about this length, header included, at most of it. */
    private static byte[] longHello(int length) {
        byte[] name = Hellos.serverName("a.example");
        int rest = length - Hellos.message(Hellos.body(Hellos.extensions(name))).length - 4;
        return Hellos.message(Hellos.body(Hellos.extensions(Hellos.extension(51, new byte[rest]), name)));
    }

    @Test
    void eachHasAQueueOfItsOwn() throws Exception {
        TestOptions options = new TestOptions();
        options.queueTimeout = Duration.ofSeconds(20);
        try (RelayRig rig = RelayRig.start(options);
                TcpServer b = NamedServer.of("b")) {
            ServerSocket a = rig.listen();
            rig.register("tcp", a.getLocalPort(), "server_names", A, "max_connections", 1);
            rig.register("tcp", b.port(), "server_names", B);
            Socket first = hello(rig, "a.example");
            Socket served = rig.accept(a);
            Socket waiting = hello(rig, "a.example");
            rig.letTurn();
            assertEquals("b", NamedServer.served(rig.address(), Hellos.of("b.example", "h2")), "b is not full");
            served.close();
            first.close();
            Socket next = rig.accept(a);
            byte[] sent = Hellos.of("a.example", "h2");
            assertEquals(text(sent), text(next.getInputStream().readNBytes(sent.length)), "kept while it waited");
            rig.unregister("tcp", b.port());
            Socket late = hello(rig, "a.example");
            rig.letTurn();
            rig.unregister("tcp", a.getLocalPort());
            assertEquals(-1, late.getInputStream().read(), "nobody will come");
            assertTrue(waiting.isConnected());
        }
    }

    @Test
    void eachHasLimitsAndClientsOfItsOwn() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer a = NamedServer.of("a");
                TcpServer b = NamedServer.of("b")) {
            rig.register("tcp", a.port(), "server_names", A, "max_per_client", 1, "clients", List.of("127.0.0.0/24"));
            rig.register("tcp", b.port(), "server_names", B, "max_per_client", 1);
            Socket open = hello(rig, "a.example");
            Await.until("it is served", () -> rig.sum("active") == 1);
            assertEquals("", served(rig, "a.example"));
            assertEquals(1, rig.lander().counted(Counter.CLIENT_PER_CLIENT));
            assertEquals("b", served(rig, "b.example"));
            open.close();
            Await.until("it has left", () -> rig.sum("active") == 0);
            assertEquals("a", served(rig, "a.example"));
            InetAddress other = AddressRange.parseAddress("127.0.1.1");
            assertEquals("", NamedServer.answer(other, rig.address(), Hellos.of("a.example", "h2")));
            assertEquals(1, rig.lander().counted(Counter.CLIENT_REFUSED));
            assertTrue(NamedServer.answer(other, rig.address(), Hellos.of("b.example", "h2"))
                    .startsWith("b:"));
        }
    }

    @Test
    void aDrainNamesOneOfThem() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer server = NamedServer.of("server")) {
            rig.register("tcp", server.port(), "server_names", A);
            rig.register("tcp", server.port(), "server_names", B);
            assertEquals(4, ask(rig.control(), "drain", server, rig), "which of them?");
            assertEquals(4, ask(rig.control(), "unregister", server, rig), "which of them?");
            assertEquals(0, ask(rig.control(), "drain", server, rig, "server_names", A));
            Map<String, Value> push = rig.control().push();
            assertEquals(
                    "[\"a.example\"]", ControlPeer.field(push, "server_names").toString());
            assertEquals("", served(rig, "a.example"));
            assertEquals("server", served(rig, "b.example"));
            assertEquals(0, ask(rig.control(), "unregister", server, rig, "server_names", B));
            assertEquals("", served(rig, "b.example"));
            assertEquals(0, ask(rig.control(), "unregister", server, rig), "there is one left");
            assertEquals(0, rig.control().status().asArrayValue().size());
        }
    }

    @Test
    void anOperatorsDrainAndATakeoverAreOfOneService() throws Exception {
        try (RelayRig rig = RelayRig.start();
                ControlPeer operator = rig.lander().control();
                ControlPeer again = rig.lander().control();
                TcpServer server = NamedServer.of("server")) {
            rig.register("tcp", server.port(), "server_names", A);
            rig.register("tcp", server.port(), "server_names", B);
            Object[] ofA = {"host", "127.0.0.1", "server_names", A};
            assertEquals(0, ask(operator, "drain", server, rig, ofA));
            assertEquals(0, again.register("tcp", server.port(), rig.port(), "server_names", A));
            assertEquals("", served(rig, "a.example"), "it is the operator's still");
            assertEquals(4, ask(rig.control(), "unregister", server, rig, "server_names", A), "it was taken over");
            assertEquals(0, ask(rig.control(), "unregister", server, rig), "the other was not");
            assertEquals(0, ask(operator, "undrain", server, rig, "host", "127.0.0.1"), "the only one");
            assertEquals("server", served(rig, "a.example"));
            assertEquals("", served(rig, "b.example"));
        }
    }

    @Test
    void aReportSpeaksForAllOfThem() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer server = NamedServer.of("server")) {
            rig.register("tcp", server.port(), "server_names", A);
            rig.register("tcp", server.port(), "server_names", B);
            assertEquals(0, rig.control().report("tcp", rig.port(), "bad"));
            assertEquals("", served(rig, "a.example"));
            assertEquals("", served(rig, "b.example"));
            assertEquals(0, rig.control().report("tcp", rig.port(), "good"));
            assertEquals("server", served(rig, "a.example"));
            assertEquals("server", served(rig, "b.example"));
        }
    }

    @Test
    void aTurnIsTheServicesOwn() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer a1 = NamedServer.of("a1");
                TcpServer a2 = NamedServer.of("a2");
                TcpServer b1 = NamedServer.of("b1");
                TcpServer b2 = NamedServer.of("b2")) {
            rig.register("tcp", a1.port(), "server_names", A);
            rig.register("tcp", b1.port(), "server_names", B);
            rig.register("tcp", a2.port(), "server_names", A);
            rig.register("tcp", b2.port(), "server_names", B);
            StringBuilder turns = new StringBuilder();
            for (String name : new String[] {"a", "b", "a", "b", "b", "a", "b", "a"}) {
                turns.append(served(rig, name + ".example")).append(' ');
            }
            assertEquals("a1 b1 a2 b2 b1 a1 b2 a2 ", turns.toString());
        }
    }

    @Test
    void aServiceThatIsReplacedAtOnceLeavesThePortBound() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer a = NamedServer.of("a");
                TcpServer b = NamedServer.of("b")) {
            rig.register("tcp", a.port(), "server_names", A);
            rig.control().send("cmd", "unregister", "protocol", "tcp", "port", a.port(), "relay_port", rig.port());
            rig.register("tcp", b.port(), "server_names", B);
            assertEquals(0, ControlPeer.error(rig.control().reply()), "the second of two");
            assertEquals("b", served(rig, "b.example"));
            assertEquals("", served(rig, "a.example"));
        }
    }

    @Test
    void aPortThatLingersResetsWhoeverComes() throws Exception {
        TestOptions options = new TestOptions();
        options.portLinger = Duration.ofSeconds(20);
        try (RelayRig rig = RelayRig.start(options);
                TcpServer a = NamedServer.of("a");
                TcpServer b = NamedServer.of("b")) {
            rig.register("tcp", a.port(), "server_names", A);
            Socket unheard = rig.connect();
            rig.letTurn();
            rig.unregister("tcp", a.port());
            assertTrue(Received.from(rig.connect()).reset());
            unheard.getOutputStream().write(Hellos.of("a.example", "h2"));
            assertTrue(Received.from(unheard).reset(), "its service has left before it spoke");
            assertTrue(BoundPorts.tcp(rig.port()));
            rig.register("tcp", b.port(), "server_names", B);
            assertEquals("", served(rig, "a.example"));
            assertEquals("b", served(rig, "b.example"));
        }
    }

    @Test
    void logAndListNameTheService(@TempDir Path folder) throws Exception {
        TestOptions options = new TestOptions();
        options.accessLog = folder.resolve("access.log");
        try (RelayRig rig = RelayRig.start(options);
                TcpServer a = NamedServer.of("a");
                TcpServer b = NamedServer.of("b")) {
            rig.register("tcp", a.port(), "server_names", List.of("a.example", "*.a.example"), "alpn", List.of("h2"));
            rig.register("tcp", b.port(), "server_names", B);
            assertEquals("a", served(rig, "a.example"));
            assertEquals("b", served(rig, "b.example"));
            assertEquals("", served(rig, "c.example"));
            assertEquals("", NamedServer.answer(rig.address(), new byte[] {22, 3, 1, 0, 1, 7}));
            Socket unheard = rig.connect();
            Socket open = hello(rig, "b.example");
            Await.until("it is served", () -> rig.sum("active") == 1);
            rig.control().send("cmd", "relays");
            assertEquals(
                    "client_hello null, relaying [\"b.example\"]",
                    shown(rig.control().reply()));
            unheard.close();
            Await.until(
                    "it is in the log",
                    () -> Files.readAllLines(options.accessLog).size() == 5);
            open.shutdownOutput();
            open.getInputStream().readAllBytes(); // an answer that is not read would make the close a reset
            open.close();
            Await.until(
                    "all are in the log",
                    () -> Files.readAllLines(options.accessLog).size() == 6);
            String port = "service=tcp/" + rig.port();
            assertEquals(
                    List.of(
                            port + "#a.example,+1(h2) client_closed",
                            port + "#b.example client_closed",
                            port + " no_service",
                            port + " client_hello",
                            port + " client_hello",
                            port + "#b.example client_closed"),
                    Files.readAllLines(options.accessLog).stream()
                            .map(line -> line.replaceFirst("^\\S+ (\\S+) .* end=(\\S+)$", "$1 $2"))
                            .toList());
        }
    }

    private static String shown(Map<String, Value> relays) {
        StringBuilder text = new StringBuilder();
        for (Value relay : ControlPeer.field(relays, "relays").asArrayValue()) {
            Map<Value, Value> fields = relay.asMapValue().map();
            text.append(text.isEmpty() ? "" : ", ")
                    .append(fields.get(ValueFactory.newString("phase")))
                    .append(' ')
                    .append(fields.get(ValueFactory.newString("server_names")));
        }
        return text.toString();
    }

    private static Socket hello(RelayRig rig, String name) throws IOException {
        Socket client = rig.connect();
        client.getOutputStream().write(Hellos.of(name, "h2"));
        return client;
    }

    private static String served(RelayRig rig, String name) throws IOException {
        return NamedServer.served(rig.address(), Hellos.of(name, "h2"));
    }

    private static int ask(ControlPeer peer, String cmd, TcpServer server, RelayRig rig, Object... more)
            throws IOException {
        Object[] fields = {"cmd", cmd, "protocol", "tcp", "port", server.port(), "relay_port", rig.port()};
        Object[] all = new Object[fields.length + more.length];
        System.arraycopy(fields, 0, all, 0, fields.length);
        System.arraycopy(more, 0, all, fields.length, more.length);
        return peer.ask(all);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }
}
