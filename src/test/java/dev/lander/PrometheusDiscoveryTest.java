package dev.lander;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.lander.testing.AdminClient;
import dev.lander.testing.AdminLander;
import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.Programs;
import dev.lander.testing.RunningLander;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code /api/prometheus-sd}, and a real Prometheus that finds its targets by it. */
@Timeout(value = 90, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PrometheusDiscoveryTest {
    /** A component's port where nobody listens. */
    private static final int PORT = 9;

    private static final String PATH = "/api/prometheus-sd";

    /** What docs/operations.md has to offer, with this test's ports. */
    private static final Pattern EXAMPLE =
            Pattern.compile("(?s) {4}(scrape_configs:\\n {6}- job_name: components.*?)\\n\\n");

    private final int relayPort = FreePorts.next();
    private RunningLander lander;
    private AdminClient admin;
    private ControlPeer peer;

    @BeforeEach
    void start() throws IOException {
        lander = AdminLander.start();
        admin = AdminClient.of(lander);
        peer = lander.control();
    }

    @AfterEach
    void end() throws IOException {
        peer.close();
        lander.close();
    }

    @Test
    void whoDeclaresAMetricsPortIsATarget() throws IOException {
        assertEquals("[]", discovered());
        assertEquals(0, peer.register("tcp", PORT, relayPort, "name", "silent"));
        assertEquals("[]", discovered());
        assertEquals(
                0,
                peer.register(
                        "udp",
                        PORT,
                        relayPort,
                        "name",
                        "dns \"1\"",
                        "metrics_port",
                        9_100,
                        "weight",
                        3,
                        "priority",
                        1));
        assertEquals(0, peer.ask("cmd", "drain", "protocol", "udp", "port", PORT, "relay_port", relayPort));
        assertEquals(
                "[{\"targets\":[\"127.0.0.1:9100\"],\"labels\":{"
                        + "\"__meta_lander_protocol\":\"udp\","
                        + "\"__meta_lander_relay_port\":\"" + relayPort + "\","
                        + "\"__meta_lander_balance\":\"roundrobin\","
                        + "\"__meta_lander_component\":\"dns \\\"1\\\"\","
                        + "\"__meta_lander_address\":\"127.0.0.1:9\","
                        + "\"__meta_lander_state\":\"draining\","
                        + "\"__meta_lander_weight\":\"3\","
                        + "\"__meta_lander_priority\":\"1\"}}]",
                discovered());
        HttpResponse<String> response = admin.get(PATH);
        assertEquals(
                "application/json",
                response.headers().firstValue("Content-Type").orElse(""));
        assertEquals(0, peer.unregister("udp", PORT, relayPort));
        assertEquals("[]", discovered());
    }

    @Test
    void aTakeoverReplacesTheMetricsPort() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort, "metrics_port", 9_100));
        try (ControlPeer next = lander.control()) {
            assertEquals(0, next.register("tcp", PORT, relayPort, "metrics_port", 9_200));
            assertTrue(discovered().contains("\"127.0.0.1:9200\""), discovered());
            assertEquals(0, peer.register("tcp", PORT, relayPort));
            assertEquals("[]", discovered());
        }
    }

    /** With the configuration of the manual. */
    @Test
    void prometheusScrapesWhoRegistersAndForgetsWhoLeaves(@TempDir Path folder) throws Exception {
        Programs.need("prometheus (Debian: prometheus)", "prometheus", "--version");
        InetAddress loopback = InetAddress.getLoopbackAddress();
        HttpServer metrics = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        metrics.createContext("/metrics", exchange -> {
            byte[] body = "temperature 21\n".getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        metrics.start();
        int port = FreePorts.next();
        Path configuration = Files.writeString(folder.resolve("prometheus.yml"), configuration());
        List<String> command = List.of(
                "prometheus",
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port);
        try (ChildProcess prometheus = ChildProcess.start(command)) {
            prometheus.awaitLog("Server is ready to receive web requests");
            AdminClient api = new AdminClient(new InetSocketAddress(loopback, port));
            String temperature = "/api/v1/query?query="
                    + URLEncoder.encode("temperature{component=\"web-1\",service=\"tcp/" + relayPort + "\"}", UTF_8);
            assertEquals(
                    0,
                    peer.register(
                            "tcp",
                            PORT,
                            relayPort,
                            "name",
                            "web-1",
                            "metrics_port",
                            metrics.getAddress().getPort()));
            Await.until(
                    "the component is a target", // which Prometheus tells itself every 5 s at most
                    () -> api.get("/api/v1/targets?state=active").body().contains("web-1"));
            Await.until(
                    "the component is scraped",
                    () -> api.get(temperature).body().contains("\"21\""));
            assertEquals(0, peer.unregister("tcp", PORT, relayPort));
            Await.until(
                    "the component is forgotten",
                    () -> api.get("/api/v1/targets?state=active").body().contains("\"activeTargets\":[]"));
        } finally {
            metrics.stop(0);
        }
    }

    private String discovered() throws IOException {
        HttpResponse<String> response = admin.get(PATH);
        assertEquals(200, response.statusCode());
        return response.body();
    }

    /** The manual's example, for this Lander, and asking each second. */
    private String configuration() throws IOException {
        String example = EXAMPLE.matcher(Files.readString(Path.of("docs/operations.md")))
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow()
                .replace("\n    ", "\n");
        String here = example.replace(
                        "127.0.0.1:8080", "127.0.0.1:" + admin.address().getPort())
                .replace("refresh_interval: 15s", "refresh_interval: 1s");
        assertTrue(!here.equals(example), example);
        return "global:\n  scrape_interval: 1s\n" + here + "\n";
    }
}
