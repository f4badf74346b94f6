package dev.lander.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.AdminClient;
import dev.lander.testing.AdminLander;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminPageTest {
    /** A component's port where nobody listens. */
    private static final int PORT = 9;

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
    void theStatusIsThatOfTheControlChannel() throws IOException {
        assertEquals(Map.of("services", List.of()), admin.json("/api/status"));
        assertEquals(0, peer.register("tcp", PORT, relayPort, "name", "a \"b\" \\ <é> \u2028 😀", "weight", 7));
        assertEquals(0, peer.register("udp", PORT, relayPort, "balance", "leastconn"));
        List<Map<?, ?>> services = AdminClient.list(admin.json("/api/status"), "services");
        ShownStatus shown = ShownStatus.of(peer);
        assertEquals(2, services.size());
        for (int i = 0; i < services.size(); i++) {
            assertEquals(asJson(shown.services().get(i)), services.get(i));
        }
    }

    @Test
    void ratesTellOfTheProcessAndOfEachComponent() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort, "name", "web"));
        Map<?, ?> rates = admin.json("/api/rates");
        assertEquals(Set.of("time", "process", "services", "samples"), rates.keySet());
        Map<?, ?> process = (Map<?, ?>) Objects.requireNonNull(rates.get("process"));
        assertEquals(
                Set.of(
                        "version",
                        "pid",
                        "uptime_seconds",
                        "started",
                        "java",
                        "state",
                        "fds_open",
                        "fds_limit",
                        "tcp_relays",
                        "udp_flows",
                        "control_connections",
                        "control_port",
                        "heap_used_bytes",
                        "heap_max_bytes"),
                process.keySet());
        assertEquals("running", process.get("state"));
        assertEquals(ProcessHandle.current().pid(), process.get("pid"));
        assertEquals(1L, process.get("control_connections"));
        assertEquals((long) lander.lander().controlAddress().getPort(), process.get("control_port"));
        Map<?, ?> service = AdminClient.list(rates, "services").get(0);
        assertEquals(Set.of("protocol", "relay_port", "components"), service.keySet());
        Map<?, ?> component = AdminClient.list(service, "components").get(0);
        assertEquals(
                Set.of("name", "host", "port", "rate", "bytes_in_rate", "bytes_out_rate", "state_since"),
                component.keySet());
        long age = number(rates, "time") - number(component, "state_since");
        assertTrue(age >= 0 && age < 30_000, "registered " + age + " ms ago");
    }

    @Test
    void samplesComeEachSecondAndOnlyNewerOnesAreSentAgain() throws IOException {
        Await.until(
                "there are two samples",
                () -> AdminClient.list(admin.json("/api/rates"), "samples").size() >= 2);
        List<Map<?, ?>> samples = AdminClient.list(admin.json("/api/rates"), "samples");
        assertEquals(
                Set.of("t", "connections", "datagrams", "bytes", "relays"),
                samples.get(0).keySet());
        long second = number(samples.get(1), "t");
        assertTrue(second > number(samples.get(0), "t"));
        List<Map<?, ?>> newer = AdminClient.list(admin.json("/api/rates?since=" + second), "samples");
        assertTrue(newer.stream().allMatch(sample -> number(sample, "t") > second), newer::toString);
    }

    /** As after the machine's clock was put back: the page knows samples that are in the future now. */
    @Test
    void whoKnowsSamplesOfTheFutureGetsAll() throws IOException {
        Await.until("there is a sample", () -> !AdminClient.list(admin.json("/api/rates"), "samples")
                .isEmpty());
        long inAnHour = number(admin.json("/api/rates"), "time") / 1_000 + 3_600;
        assertFalse(AdminClient.list(admin.json("/api/rates?since=" + inAnHour), "samples")
                .isEmpty());
    }

    /** It may be behind a proxy, below a path of its own. */
    @Test
    void thePageNamesItsFilesByRelativePaths() throws IOException {
        for (String path : List.of("/", "/assets/page.js", "/assets/feed.js", "/assets/page.css")) {
            String text = admin.get(path).body();
            assertFalse(text.matches("(?s).*[\"'(`]/(api|assets|metrics|healthz).*"), () -> path + ": " + text);
        }
    }

    @Test
    void onlyWhoAsksByAnAddressOrAKnownNameIsAnswered() throws IOException {
        for (String host : List.of("127.0.0.1", "127.0.0.1:80", "[::1]:8080", "localhost:1", "LOCALHOST.")) {
            assertEquals("HTTP/1.1 200 OK", statusLine(host), host);
        }
        for (String host :
                List.of("rebinding.example", "rebinding.example:80", "localhost.example", "127.0.0.1.example")) {
            assertEquals("HTTP/1.1 421", statusLine(host), host);
        }
    }

    private String statusLine(String host) throws IOException {
        try (Socket client =
                new Socket(admin.address().getAddress(), admin.address().getPort())) {
            String request = "GET /api/status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.lines().findFirst().orElse("").strip();
        }
    }

    @Test
    void eventsTellWhatHappenedAndWhy() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort, "name", "web"));
        assertEquals(0, peer.report("tcp", relayPort, "bad"));
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        assertEquals(8, peer.register("tcp", PORT, admin.address().getPort()));
        assertEquals(0, peer.unregister("tcp", PORT, relayPort));
        List<Map<?, ?>> events = AdminClient.list(admin.json("/api/events"), "events");
        assertEquals(
                List.of(
                        "port_bound",
                        "registered",
                        "out_of_rotation",
                        "in_rotation",
                        "bind_failed",
                        "left",
                        "port_closed"),
                events.stream().map(event -> event.get("event")).toList());
        assertEquals(
                Set.of("id", "time", "event", "protocol", "relay_port", "component", "cause"),
                events.get(0).keySet());
        assertEquals("web", events.get(2).get("component"));
        assertEquals("bad", events.get(2).get("cause"));
        assertTrue(String.valueOf(events.get(4).get("cause")).contains("in use"), events::toString);
        assertEquals((long) relayPort, events.get(6).get("relay_port"));
        List<Map<?, ?>> newer =
                AdminClient.list(admin.json("/api/events?since=" + number(events.get(4), "id")), "events");
        assertEquals(events.subList(5, 7), newer);
    }

    @Test
    void openRelaysAreListedPageByPage() throws IOException {
        assertEquals(Map.of("relays", List.of()), admin.json("/api/relays"));
        List<Socket> clients = new ArrayList<>();
        try (TcpServer server = TcpServer.echo()) {
            assertEquals(0, peer.register("tcp", server.port(), relayPort, "name", "web 1"));
            for (int i = 0; i < 300; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort);
                clients.add(client);
                client.getOutputStream().write(i);
                assertEquals(i % 256, client.getInputStream().read());
            }
            Map<?, ?> first = admin.json("/api/relays");
            Map<?, ?> second = admin.json("/api/relays?after=" + number(first, "next"));
            assertEquals(256, AdminClient.list(first, "relays").size());
            assertEquals(44, AdminClient.list(second, "relays").size());
            assertEquals(Set.of("relays"), second.keySet());
            Map<?, ?> relay = AdminClient.list(first, "relays").get(0);
            assertEquals("web 1", relay.get("component"));
            assertEquals("relaying", relay.get("phase"));
            assertEquals(1L, relay.get("bytes_in"));
            String filter = "/api/relays?protocol=tcp&relay_port=" + relayPort + "&after=280&component=";
            assertEquals(
                    20,
                    AdminClient.list(admin.json(filter + "web%201"), "relays").size());
            assertEquals(
                    0, AdminClient.list(admin.json(filter + "web"), "relays").size());
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aWrongFieldIsNamed() throws IOException {
        for (String field :
                List.of("after=-1", "after=x", "after=2147483648", "relay_port=0", "relay_port=", "protocol=sctp")) {
            HttpResponse<String> refused = admin.get("/api/relays?" + field);
            assertEquals(400, refused.statusCode(), field);
            assertTrue(refused.body().startsWith(field.split("=", 2)[0] + " must be "), refused.body());
        }
    }

    @Test
    void onlyGetAndHeadAreAnswered() throws IOException {
        for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "PATCH")) {
            HttpResponse<String> refused = admin.send(method, "/api/status");
            assertEquals(405, refused.statusCode());
            assertEquals("GET, HEAD", refused.headers().firstValue("Allow").orElse(""));
        }
        HttpResponse<String> got = admin.get("/api/status");
        HttpResponse<String> head = admin.send("HEAD", "/api/status");
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
        assertEquals(got.headers().firstValue("Content-Length"), head.headers().firstValue("Content-Length"));
    }

    @Test
    void nothingButThePagesOwnFilesIsServed() throws IOException {
        for (String path : List.of(
                "/nothing",
                "/assets/",
                "/assets/AdminServer.class",
                "/assets/../Main.class",
                "/assets/uplot/../LICENSE",
                "/assets/%2e%2e/Main.html",
                "/assets//etc/passwd.html",
                "/assets/uplot/nothing.js")) {
            assertEquals(404, admin.get(path).statusCode(), path);
        }
        assertEquals(400, admin.get("/api/rates?since=yesterday").statusCode());
        assertEquals(400, admin.get("/api/events?since=").statusCode());
    }

    @Test
    void thePageLoadsNothingFromElsewhere() throws IOException {
        HttpResponse<String> page = admin.get("/");
        assertEquals(200, page.statusCode());
        assertEquals(
                "text/html; charset=utf-8",
                page.headers().firstValue("Content-Type").orElse(""));
        String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
        assertTrue(policy.startsWith("default-src 'self';"), policy);
    }

    @Test
    void aFileIsSentOnceAndConfirmedThen() throws IOException {
        HttpResponse<String> first = admin.get("/assets/uplot/uPlot.iife.min.js");
        assertEquals(200, first.statusCode());
        assertEquals(
                "text/javascript; charset=utf-8",
                first.headers().firstValue("Content-Type").orElse(""));
        String tag = first.headers().firstValue("ETag").orElse("");
        HttpResponse<String> second = admin.send("GET", "/assets/uplot/uPlot.iife.min.js", "If-None-Match", tag);
        assertEquals(304, second.statusCode());
        assertEquals("", second.body());
    }

    @Test
    void landerDoesNotRelayToItsOwnAdminPage() throws IOException {
        assertEquals(5, peer.register("tcp", admin.address().getPort(), relayPort));
    }

    @Test
    void thePortIsClosedWhenLanderHasEnded() throws IOException {
        lander.lander().end();
        Await.until("the loop has ended", lander::hasEnded);
        Await.until("the port is closed", () -> {
            try {
                admin.get("/healthz");
                return false;
            } catch (IOException closed) {
                return true;
            }
        });
    }

    private static long number(Map<?, ?> object, String name) {
        return (Long) Objects.requireNonNull(object.get(name), name);
    }

    private static Map<String, Object> asJson(ShownStatus.Service service) {
        return Map.of(
                "protocol", service.protocol(),
                "relay_port", (long) service.relayPort(),
                "balance", service.balance(),
                "components",
                        service.components().stream().map(AdminPageTest::asJson).toList());
    }

    private static Map<String, Object> asJson(ShownStatus.Component component) {
        return Map.of(
                "name", component.name(),
                "host", component.host(),
                "port", (long) component.port(),
                "state", component.state(),
                "weight", (long) component.weight(),
                "active", (long) component.active(),
                "total", component.total(),
                "bytes_in", component.bytesIn(),
                "bytes_out", component.bytesOut(),
                "failures", component.failures());
    }
}
