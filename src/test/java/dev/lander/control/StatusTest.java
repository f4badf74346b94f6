package dev.lander.control;

import static dev.lander.control.ControlAssertions.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lander.testing.AnyLander;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.MovedClock;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgpack.value.Value;

class StatusTest {
    /** A component's port where nobody listens. */
    private static final int PORT = 9;

    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    private static final int TIMEOUT_MS = 10_000;

    private final MovedClock clock = new MovedClock();
    private RunningLander lander;
    private ControlPeer peer;
    private int relayPort;

    @BeforeEach
    void start() throws IOException {
        lander = RunningLander.start(new TestOptions(), clock);
        peer = lander.control();
        relayPort = FreePorts.next();
    }

    @AfterEach
    void end() throws IOException {
        peer.close();
        lander.close();
    }

    @Test
    void nothingRegisteredIsAnEmptyList() throws IOException {
        peer.send("cmd", "status");
        Map<String, Value> reply = peer.reply();
        assertEquals(Set.of("error", "services"), reply.keySet());
        assertEquals(0, ControlPeer.error(reply));
        assertEquals(new ShownStatus(List.of()), ShownStatus.of(peer));
    }

    @Test
    void aServiceAndItsComponentsHaveExactlyTheseFields() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        Value service = only(peer.status());
        assertEquals(Set.of("protocol", "relay_port", "balance", "components"), names(service));
        assertEquals(
                Set.of(
                        "name",
                        "host",
                        "port",
                        "state",
                        "weight",
                        "active",
                        "total",
                        "bytes_in",
                        "bytes_out",
                        "failures"),
                names(only(field(service, "components"))));
    }

    @Test
    void aRegistrationIsShownAsItWasMade() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        assertEquals(0, peer.register("tcp", PORT + 1, relayPort, "name", "zwölf 🛰", "weight", 256));
        assertEquals(0, peer.register("udp", PORT, relayPort, "balance", "source"));
        assertEquals(
                new ShownStatus(List.of(
                        new ShownStatus.Service(
                                "tcp",
                                relayPort,
                                "roundrobin",
                                List.of(idle("127.0.0.1:" + PORT, PORT, 1), idle("zwölf 🛰", PORT + 1, 256))),
                        new ShownStatus.Service(
                                "udp", relayPort, "source", List.of(idle("127.0.0.1:" + PORT, PORT, 1))))),
                ShownStatus.of(peer));
    }

    @Test
    void everyBalanceIsShownByItsName() throws IOException {
        for (String balance : List.of("roundrobin", "leastconn", "random", "source")) {
            assertEquals(0, peer.register("tcp", PORT, FreePorts.next(), "balance", balance));
        }
        assertEquals(
                List.of("roundrobin", "leastconn", "random", "source"),
                ShownStatus.of(peer).services().stream()
                        .map(ShownStatus.Service::balance)
                        .toList());
    }

    @Test
    void oneRelayPortIsShownAlone() throws IOException {
        int other = FreePorts.next();
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        assertEquals(0, peer.register("udp", PORT, relayPort));
        assertEquals(0, peer.register("tcp", PORT, other));
        assertEquals(List.of("tcp " + relayPort, "udp " + relayPort), shown(relayPort));
        assertEquals(List.of("tcp " + other), shown(other));
        assertEquals(List.of(), shown(PORT));
    }

    @Test
    void everybodySeesWhatEverybodyHasRegistered() throws IOException {
        try (ControlPeer other = ControlPeer.connectLengthPrefixed(lander.controlAddress())) {
            assertEquals(0, peer.register("tcp", PORT, relayPort));
            assertEquals(ShownStatus.of(peer), ShownStatus.of(other));
            assertEquals(1, ShownStatus.of(other).services().size());
        }
    }

    @Test
    void whatHasLeftIsNotShown() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        assertEquals(0, peer.register("tcp", PORT + 1, relayPort));
        assertEquals(0, peer.unregister("tcp", PORT, relayPort));
        assertEquals(
                List.of(idle("127.0.0.1:" + (PORT + 1), PORT + 1, 1)),
                ShownStatus.of(peer).services().get(0).components());
        assertEquals(0, peer.unregister("tcp", PORT + 1, relayPort));
        assertEquals(List.of(), ShownStatus.of(peer).services());
    }

    @Test
    void tcpCountersTellWhatWasRelayed() throws IOException {
        try (TcpServer server = TcpServer.serving(connection -> {
            int read = connection.getInputStream().readNBytes(100).length;
            connection.getOutputStream().write(new byte[read * 3]);
            connection.getInputStream().read();
        })) {
            assertEquals(0, peer.register("tcp", server.port(), relayPort));
            try (Socket first = Clients.connect(relayPort);
                    Socket second = Clients.connect(relayPort)) {
                for (Socket client : List.of(first, second)) {
                    client.getOutputStream().write(new byte[100]);
                    assertEquals(300, client.getInputStream().readNBytes(300).length);
                }
                assertEquals(counters(server.port(), 2, 2, 200, 600, 0), component(server.port()));
                first.shutdownOutput();
                Await.until("one is closed", () -> component(server.port()).active() == 1);
            }
            Await.until("both are closed", () -> component(server.port()).active() == 0);
            assertEquals(counters(server.port(), 0, 2, 200, 600, 0), component(server.port()));
        }
    }

    @Test
    void triesThatFailAreCounted() throws IOException {
        int refusing = FreePorts.next();
        try (TcpServer server = TcpServer.tellingItsPort()) {
            assertEquals(0, peer.register("tcp", refusing, relayPort));
            assertEquals(0, peer.register("tcp", server.port(), relayPort));
            assertEquals(List.of(server.port(), server.port()), Clients.servedBy(relayPort, 2));
            assertEquals(counters(refusing, 0, 0, 0, 0, 2), component(refusing));
            assertEquals(0, component(server.port()).failures());
            assertEquals(2, component(server.port()).total());
            assertEquals(
                    2L * Integer.toString(server.port()).length(),
                    component(server.port()).bytesOut());
        }
    }

    @Test
    void udpCountersTellWhatWasRelayed() throws IOException {
        try (UdpServer server = UdpServer.serving((socket, request) -> {
                    request.setLength(request.getLength() / 2);
                    socket.send(request);
                });
                DatagramSocket first = new DatagramSocket();
                DatagramSocket second = new DatagramSocket()) {
            assertEquals(0, peer.register("udp", server.port(), relayPort));
            exchange(first, 1_000);
            exchange(first, 500);
            exchange(second, 100);
            assertEquals(counters(server.port(), 2, 3, 1_600, 800, 0), component(server.port()));
            lander.advance(clock, Duration.ofSeconds(60));
            assertEquals(counters(server.port(), 0, 3, 1_600, 800, 0), component(server.port()));
        }
    }

    @Test
    void refusedDatagramsAreCounted() throws IOException {
        int refusing = FreePorts.next();
        try (DatagramSocket client = new DatagramSocket()) {
            assertEquals(0, peer.register("udp", refusing, relayPort));
            client.send(new DatagramPacket(new byte[10], 10, loopback(relayPort)));
            Await.until("the refusal has come", () -> component(refusing).failures() == 1);
            assertEquals(counters(refusing, 1, 1, 10, 0, 1), component(refusing));
        }
    }

    @Test
    void withoutTrafficNothingChanges() throws IOException {
        try (TcpServer server = TcpServer.echo();
                UdpServer udp = UdpServer.echo();
                DatagramSocket datagrams = new DatagramSocket()) {
            assertEquals(0, peer.register("tcp", server.port(), relayPort));
            assertEquals(0, peer.register("udp", udp.port(), relayPort));
            assertEquals(0, peer.report("tcp", relayPort, "good"));
            exchange(datagrams, 10);
            try (Socket client = Clients.connect(relayPort)) {
                client.getOutputStream().write(1);
                assertEquals(1, client.getInputStream().read());
                Value before = peer.status();
                lander.advance(clock, Duration.ofSeconds(15));
                assertEquals(before, peer.status());
            }
        }
    }

    @Test
    void anIpv4PeerOfADualStackSocketHasItsIpv4Address() throws IOException {
        try (AnyLander everywhere = AnyLander.start(new TestOptions(), System::nanoTime);
                ControlPeer component = everywhere.control()) {
            assertEquals(0, component.register("tcp", PORT, relayPort));
            assertEquals("127.0.0.1", ShownStatus.of(component).component(PORT).host());
        }
    }

    @Test
    void anIpv6PeerHasItsIpv6Address() throws IOException {
        InetAddress loopback = InetAddress.getByAddress(IPV6_LOOPBACK);
        assumeTrue(NetworkInterface.getByInetAddress(loopback) != null, "this machine has no IPv6");
        try (AnyLander everywhere = AnyLander.start(new TestOptions(), System::nanoTime);
                ControlPeer component = ControlPeer.connect(everywhere.controlAddress(loopback))) {
            assertEquals(0, component.register("tcp", PORT, relayPort));
            String host = ShownStatus.of(component).component(PORT).host();
            assertEquals(loopback, InetAddress.getByName(host));
            assertEquals(
                    0,
                    component.ask(
                            "cmd", "drain", "host", host, "protocol", "tcp", "port", PORT, "relay_port", relayPort));
        }
    }

    @Test
    void aRelayPortOutOfRangeIsError1() throws IOException {
        peer.send("cmd", "status", "relay_port", 65_536);
        assertRefused(1, "relay_port", peer.reply());
    }

    private ShownStatus.Component component(int port) throws IOException {
        return ShownStatus.of(peer).component(port);
    }

    private List<String> shown(int asked) throws IOException {
        peer.send("cmd", "status", "relay_port", asked);
        return ShownStatus.read(ControlPeer.field(peer.reply(), "services")).services().stream()
                .map(service -> service.protocol() + " " + service.relayPort())
                .toList();
    }

    private static ShownStatus.Component idle(String name, int port, int weight) {
        return new ShownStatus.Component(name, "127.0.0.1", port, "good", weight, 0, 0, 0, 0, 0);
    }

    private static ShownStatus.Component counters(
            int port, int active, long total, long bytesIn, long bytesOut, long failures) {
        return new ShownStatus.Component(
                "127.0.0.1:" + port, "127.0.0.1", port, "good", 1, active, total, bytesIn, bytesOut, failures);
    }

    private void exchange(DatagramSocket client, int bytes) throws IOException {
        client.setSoTimeout(TIMEOUT_MS);
        client.send(new DatagramPacket(new byte[bytes], bytes, loopback(relayPort)));
        client.receive(new DatagramPacket(new byte[bytes], bytes));
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static Value only(Value list) {
        assertEquals(1, list.asArrayValue().size());
        return list.asArrayValue().get(0);
    }

    private static Value field(Value map, String name) {
        return map.asMapValue().map().entrySet().stream()
                .filter(entry -> entry.getKey().asStringValue().asString().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> names(Value map) {
        return map.asMapValue().keySet().stream()
                .map(name -> name.asStringValue().asString())
                .collect(Collectors.toSet());
    }
}
