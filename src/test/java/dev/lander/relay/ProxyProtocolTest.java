package dev.lander.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.relay.tcp.FullListener;
import dev.lander.relay.udp.UdpPeer;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Components that ask for a PROXY header learn who the client is. */
final class ProxyProtocolTest {
    private static final int V2_LENGTH = 28;
    private static final String V2_TCP = "0d0a0d0a000d0a515549540a" + "21" + "11" + "000c";
    private static final String V2_UDP = "0d0a0d0a000d0a515549540a" + "21" + "12" + "000c";
    private static final String LOOPBACK = "7f000001";

    @Test
    void versionOneComesBeforeTheClientSaysAnything() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = relay(rig, "v1");
            String header =
                    "PROXY TCP4 127.0.0.1 127.0.0.1 " + ends.client().getLocalPort() + " " + rig.port() + "\r\n";
            assertEquals(header, read(ends.component(), header.length()));
            assertPasses(rig, ends);
        }
    }

    @Test
    void versionTwoComesBeforeTheClientSaysAnything() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = relay(rig, "v2");
            assertEquals(
                    V2_TCP + addresses(ends.client().getLocalPort(), rig.port()),
                    HexFormat.of().formatHex(ends.component().getInputStream().readNBytes(V2_LENGTH)));
            assertPasses(rig, ends);
        }
    }

    @Test
    void headerComesFirstWhenTheClientIsFaster() throws Exception {
        try (RelayRig rig = RelayRig.start();
                FullListener full = new FullListener()) {
            rig.register("tcp", full.port(), "proxy_protocol", "v1");
            Socket client = rig.connect();
            RandomStream bytes = new RandomStream(System.nanoTime(), 100_000);
            bytes.writeTo(client.getOutputStream());
            client.shutdownOutput();
            Socket component = full.letIn();
            String header = "PROXY TCP4 127.0.0.1 127.0.0.1 " + client.getLocalPort() + " " + rig.port() + "\r\n";
            assertEquals(header, read(component, header.length()));
            bytes.checkAll(component.getInputStream());
        }
    }

    @Test
    void eachTryHasItsOwnHeader() throws Exception {
        TestOptions options = new TestOptions();
        options.connectTimeout = Duration.ofSeconds(1);
        try (RelayRig rig = RelayRig.start(options);
                ClosedPort closed = new ClosedPort()) {
            ServerSocket plain = rig.listen();
            ServerSocket wantsHeader = rig.listen();
            rig.register("tcp", closed.port(), "proxy_protocol", "v1");
            rig.register("tcp", plain.getLocalPort());
            rig.register("tcp", closed(rig), "proxy_protocol", "v1");
            rig.register("tcp", wantsHeader.getLocalPort(), "proxy_protocol", "v2");
            Socket first = rig.connect();
            Socket unannounced = rig.accept(plain);
            first.getOutputStream().write("hello".getBytes(US_ASCII));
            assertEquals("hello", read(unannounced, 5));
            Socket second = rig.connect();
            Socket announced = rig.accept(wantsHeader);
            assertEquals(
                    V2_TCP + addresses(second.getLocalPort(), rig.port()),
                    HexFormat.of().formatHex(announced.getInputStream().readNBytes(V2_LENGTH)));
        }
    }

    @Test
    void firstDatagramOfAFlowHasAHeader() throws Exception {
        TestOptions options = new TestOptions();
        options.udpTimeout = Duration.ofSeconds(10);
        try (RelayRig rig = RelayRig.startWithMovedClock(options);
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                UdpPeer other = new UdpPeer()) {
            rig.register("udp", component.port(), "proxy_protocol", "v2");
            assertAnnounced(rig, client, component);
            client.send("and on", rig.address());
            assertEquals("and on", component.receive().text());
            assertAnnounced(rig, other, component);
            rig.advance(Duration.ofSeconds(10));
            assertAnnounced(rig, client, component);
            assertEquals("hello".length() * 3 + "and on".length(), rig.sum("bytes_in"), "headers are not counted");
        }
    }

    @Test
    void reusedSocketAnnouncesItsNewClient() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                UdpPeer other = new UdpPeer()) {
            rig.register("udp", component.port(), "proxy_protocol", "v2", "responses", 1);
            for (int i = 0; i < 3; i++) {
                UdpPeer.Datagram request = assertAnnounced(rig, client, component);
                component.send("fine", request.from());
                assertEquals("fine", client.receive().text());
                UdpPeer.Datagram next = assertAnnounced(rig, other, component);
                assertEquals(request.from(), next.from());
                component.send("fine too", next.from());
                assertEquals("fine too", other.receive().text());
            }
        }
    }

    @Test
    void emptyFirstDatagramIsAHeaderAlone() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port(), "proxy_protocol", "v2");
            client.send("", rig.address());
            assertEquals(
                    V2_UDP + addresses(client.port(), rig.port()),
                    HexFormat.of().formatHex(component.receive().bytes()));
            client.send("", rig.address());
            assertEquals(0, component.receive().bytes().length);
        }
    }

    private static UdpPeer.Datagram assertAnnounced(RelayRig rig, UdpPeer client, UdpPeer component)
            throws IOException {
        client.send("hello", rig.address());
        UdpPeer.Datagram request = component.receive();
        assertEquals(
                V2_UDP + addresses(client.port(), rig.port()) + HexFormat.of().formatHex("hello".getBytes(US_ASCII)),
                HexFormat.of().formatHex(request.bytes()));
        return request;
    }

    private static RelayRig.Ends relay(RelayRig rig, String version) throws IOException {
        ServerSocket component = rig.listen();
        rig.register("tcp", component.getLocalPort(), "proxy_protocol", version);
        return rig.relayTo(component);
    }

    /** The header is all that was added, and it is not counted. */
    private static void assertPasses(RelayRig rig, RelayRig.Ends ends) throws IOException {
        ends.client().getOutputStream().write("hello".getBytes(US_ASCII));
        assertEquals("hello", read(ends.component(), 5));
        ends.component().getOutputStream().write("welcome".getBytes(US_ASCII));
        assertEquals("welcome", read(ends.client(), 7));
        assertEquals(5, rig.sum("bytes_in"));
        assertEquals(7, rig.sum("bytes_out"));
    }

    private static int closed(RelayRig rig) throws IOException {
        return rig.own(new ClosedPort()).port();
    }

    private static String addresses(int clientPort, int relayPort) {
        return LOOPBACK + LOOPBACK + "%04x%04x".formatted(clientPort, relayPort);
    }

    private static String read(Socket from, int count) throws IOException {
        return new String(from.getInputStream().readNBytes(count), US_ASCII);
    }
}
