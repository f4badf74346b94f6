package dev.lander.admin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lander.relay.udp.UdpPeer;
import dev.lander.testing.AdminClient;
import dev.lander.testing.AdminLander;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RunningLander;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestPlatform;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsTextTest {
    private static final int TIMEOUT_MS = 10_000;

    private RunningLander lander;
    private AdminClient admin;
    private ControlPeer peer;
    private int relayPort;

    @BeforeEach
    void start() throws IOException {
        lander = AdminLander.start();
        admin = AdminClient.of(lander);
        peer = lander.control();
        relayPort = FreePorts.next();
    }

    @AfterEach
    void end() throws IOException {
        peer.close();
        lander.close();
    }

    @Test
    void countersAgreeExactlyWithAKnownScriptOfTcp() throws IOException {
        try (TcpServer one = TcpServer.echo();
                TcpServer other = TcpServer.echo()) {
            assertEquals(0, peer.register("tcp", one.port(), relayPort, "name", "one"));
            assertEquals(0, peer.register("tcp", other.port(), relayPort, "name", "other"));
            for (int i = 0; i < 7; i++) { // turns are taken: four to the first
                exchange(1_000 + i);
            }
            String labels = "protocol=\"tcp\",relay_port=\"" + relayPort + "\"";
            int ofOne = 1_000 + 1_002 + 1_004 + 1_006;
            int ofOther = 1_001 + 1_003 + 1_005;
            Await.until("all relays have ended", () -> admin.metric("lander_tcp_relays") == 0);
            assertEquals(4, admin.metric("lander_relay_connections_total{component=\"one\"," + labels + "}"));
            assertEquals(3, admin.metric("lander_relay_connections_total{component=\"other\"," + labels + "}"));
            for (String direction : List.of("in", "out")) {
                String both = "direction=\"" + direction + "\"," + labels + "}";
                assertEquals(ofOne, admin.metric("lander_relay_bytes_total{component=\"one\"," + both));
                assertEquals(ofOther, admin.metric("lander_relay_bytes_total{component=\"other\"," + both));
                assertEquals(ofOne + ofOther, admin.metric("lander_bytes_total{direction=\"" + direction + "\"}"));
            }
            assertEquals(7, admin.metric("lander_connections_total"));
            if (!TestPlatform.isForced()) {
                assertEquals(0, admin.metric("lander_spliced_bytes_total"), "these are no streams");
            }
            assertEquals(7, admin.metric("lander_upstream_connect_seconds_count"));
            assertEquals(7, admin.metric("lander_upstream_connect_seconds_bucket{le=\"+Inf\"}"));
            assertEquals(0, admin.metric("lander_relay_failures_total{component=\"one\"," + labels + "}"));
            assertEquals(0, admin.metric("lander_relay_active{component=\"one\"," + labels + "}"));
            assertEquals(1, admin.metric("lander_component_state{component=\"one\"," + labels + ",state=\"good\"}"));
            assertEquals(2, admin.metric("lander_service_components{" + labels + ",state=\"good\"}"));
            assertTrue(admin.metric("lander_loop_turn_seconds_count") > 7);
        }
    }

    @Test
    void bytesOfStreamsThatAreNotCopiedAreCounted() throws IOException {
        assumeTrue(TestPlatform.splices(), "all is copied in this run");
        try (TcpServer server = TcpServer.echo()) {
            assertEquals(0, peer.register("tcp", server.port(), relayPort));
            Await.until("some are", () -> {
                exchange(4 * 1024 * 1024);
                return admin.metric("lander_spliced_bytes_total") > 0;
            });
        }
    }

    @Test
    void countersAgreeExactlyWithAKnownScriptOfUdp() throws IOException {
        try (UdpServer server = UdpServer.echo();
                DatagramSocket client = new DatagramSocket()) {
            assertEquals(0, peer.register("udp", server.port(), relayPort, "name", "echo"));
            client.setSoTimeout(TIMEOUT_MS);
            int bytes = 0;
            for (int size : new int[] {0, 1, 512, 1_400, 9_000, 65_507, 3}) {
                exchange(client, size);
                bytes += size;
            }
            String labels = "protocol=\"udp\",relay_port=\"" + relayPort + "\"}";
            assertEquals(7, admin.metric("lander_relay_datagrams_total{component=\"echo\"," + labels));
            assertEquals(7, admin.metric("lander_datagrams_total"));
            assertEquals(0, admin.metric("lander_connections_total"));
            assertEquals(1, admin.metric("lander_udp_flows"));
            assertEquals(bytes, admin.metric("lander_relay_bytes_total{component=\"echo\",direction=\"in\"," + labels));
            assertEquals(
                    bytes, admin.metric("lander_relay_bytes_total{component=\"echo\",direction=\"out\"," + labels));
        }
    }

    @Test
    void missingAnswersAreCountedByComponent() throws IOException {
        try (UdpPeer silent = new UdpPeer();
                UdpServer other = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            assertEquals(0, registerUdp(silent.port(), "name", "silent", "responses", 1, "answer_timeout", "100ms"));
            assertEquals(0, registerUdp(other.port(), "name", "other"));
            for (int i = 0; i < 6; i++) { // turns are taken: three to the silent one
                client.send("x", relayAddress());
            }
            String labels = "protocol=\"udp\",relay_port=\"" + relayPort + "\"}";
            String missing = "lander_relay_answers_missing_total{component=";
            Await.until("all are missed", () -> admin.metric(missing + "\"silent\"," + labels) == 3);
            assertEquals(0, admin.metric(missing + "\"other\"," + labels));
            assertTrue(admin.metric("lander_udp_answers_missing_total{cause=\"answer_timeout\"}") > 0);
        }
    }

    @Test
    void answersThatNobodyAskedForAreCountedByCause() throws IOException {
        try (UdpPeer oneWay = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            assertEquals(0, registerUdp(oneWay.port(), "responses", 0));
            client.send("x", relayAddress());
            oneWay.answer("x", "nobody asked");
            String undeclared = "lander_udp_answers_dropped_total{cause=\"undeclared\"}";
            Await.until("it is dropped", () -> admin.metric(undeclared) == 1);
            client.assertNothingComes();
        }
    }

    @Test
    void failuresAreCountedByCause() throws IOException {
        int nobodyListens = FreePorts.next();
        assertEquals(0, peer.register("tcp", nobodyListens, relayPort, "name", "dead"));
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
            client.setSoTimeout(TIMEOUT_MS);
            assertEquals(-1, client.getInputStream().read());
        }
        assertEquals(1, admin.metric("lander_upstream_connects_failed_total{cause=\"refused\"}"));
        assertEquals(1, admin.metric("lander_tcp_clients_closed_total{cause=\"no_component\"}"));
        assertEquals(
                1,
                admin.metric("lander_relay_failures_total{component=\"dead\",protocol=\"tcp\",relay_port=\"" + relayPort
                        + "\"}"));
        assertEquals(0, admin.metric("lander_connections_total"));
    }

    @Test
    void whatComponentsDidThatHaveLeftStaysCountedForTheProcess() throws IOException {
        try (TcpServer server = TcpServer.echo()) {
            assertEquals(0, peer.register("tcp", server.port(), relayPort));
            exchange(10);
            Await.until("the relay has ended", () -> admin.metric("lander_tcp_relays") == 0);
            assertEquals(0, peer.unregister("tcp", server.port(), relayPort));
            assertEquals(1, admin.metric("lander_connections_total"));
            assertEquals(10, admin.metric("lander_bytes_total{direction=\"in\"}"));
            assertTrue(admin.get("/metrics").body().lines().noneMatch(line -> line.startsWith("lander_relay_")));
        }
    }

    @Test
    void componentsOfOneNameAreToldByTheirAddresses() throws IOException {
        assertEquals(0, peer.register("tcp", 7, relayPort, "name", "web"));
        assertEquals(0, peer.register("tcp", 9, relayPort, "name", "web"));
        assertEquals(0, peer.register("tcp", 11, relayPort, "name", "web 127.0.0.1:7"));
        List<String> samples = admin.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("lander_component_weight{"))
                .toList();
        assertEquals(3, samples.size());
        assertEquals(3, Map.copyOf(byLabels(samples)).size());
    }

    @Test
    void aComponentsRateIsThatOfTheLastSecond() throws IOException {
        try (TcpServer server = TcpServer.echo()) {
            assertEquals(0, peer.register("tcp", server.port(), relayPort));
            Await.until("a rate is shown while there is traffic", () -> {
                exchange(100);
                Map<?, ?> service =
                        AdminClient.list(admin.json("/api/rates"), "services").get(0);
                Map<?, ?> component = AdminClient.list(service, "components").get(0);
                return component.get("rate") instanceof Double rate
                        && component.get("bytes_in_rate") instanceof Double bytes
                        && rate > 0
                        && bytes > rate;
            });
        }
    }

    private int registerUdp(int port, Object... more) throws IOException {
        return peer.register("udp", port, relayPort, more);
    }

    private InetSocketAddress relayAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), relayPort);
    }

    private static Map<String, String> byLabels(List<String> samples) {
        Map<String, String> found = new HashMap<>();
        samples.forEach(sample -> found.put(sample.substring(0, sample.lastIndexOf(' ')), sample));
        return found;
    }

    /** One connection that carries this many bytes each way. */
    private void exchange(int size) throws IOException {
        byte[] bytes = new byte[size];
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
            client.setSoTimeout(TIMEOUT_MS);
            client.getOutputStream().write(bytes);
            client.shutdownOutput();
            assertArrayEquals(bytes, client.getInputStream().readAllBytes());
        }
    }

    private void exchange(DatagramSocket client, int size) throws IOException {
        client.send(new DatagramPacket(new byte[size], size, InetAddress.getLoopbackAddress(), relayPort));
        DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
        client.receive(answer);
        assertEquals(size, answer.getLength());
    }
}
