package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.AdminClient;
import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.Programs;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/grafana-dashboard.json: a real Prometheus scrapes a Lander at work, and answers every expression as Grafana
 * would send it.
 */
class DashboardIT {
    private static final Path DASHBOARD = Path.of("docs/grafana-dashboard.json");
    private static final Pattern EXPRESSION = Pattern.compile("\"expr\": *\"((?:\\\\.|[^\"\\\\])*)\"");
    private static final Pattern ADMIN = Pattern.compile("admin page on http://(.*):(\\d+)/$");

    private static final String CONFIGURATION = """
            global: {scrape_interval: 1s}
            scrape_configs:
              - {job_name: lander, static_configs: [{targets: ["127.0.0.1:%s"]}]}
            """;

    @Test
    void prometheusAnswersEveryExpression(@TempDir Path folder) throws Exception {
        Programs.need("prometheus (Debian: prometheus)", "prometheus", "--version");
        try (LanderProcess lander = LanderProcess.start("--bind", "127.0.0.1", "--admin", "0");
                TcpServer server = TcpServer.echo();
                ControlPeer component = lander.control()) {
            register(component, server);
            Matcher admin = ADMIN.matcher(lander.process().awaitLog("admin page on"));
            assertTrue(admin.find(), lander.process()::toString);
            int port = FreePorts.next();
            try (ChildProcess prometheus = prometheus(folder, admin.group(2), port)) {
                AdminClient asked = new AdminClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                Await.until("two scrapes", () -> isScraped(asked));
                List<String> unanswered = new ArrayList<>();
                for (String expression : expressions()) {
                    if (results(asked, expression).isEmpty()) {
                        unanswered.add(expression);
                    }
                }
                assertEquals(List.of(), unanswered, prometheus::toString);
            }
        }
    }

    /** A service that has had a client, and one whose component is out of rotation. */
    private static void register(ControlPeer component, TcpServer server) throws Exception {
        int relayPort = FreePorts.next();
        assertEquals(0, component.register("tcp", server.port(), relayPort));
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
            client.getOutputStream().write('?');
            assertEquals('?', client.getInputStream().read());
        }
        int other = FreePorts.next();
        assertEquals(0, component.register("udp", server.port(), other));
        assertEquals(0, component.report("udp", other, "bad"));
    }

    private static ChildProcess prometheus(Path folder, String target, int port) throws Exception {
        Path configuration = Files.writeString(folder.resolve("prometheus.yml"), CONFIGURATION.formatted(target));
        return ChildProcess.start(List.of(
                "prometheus",
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=warn"));
    }

    /** As Grafana sends them, for all instances and relay ports, and a panel that shows a few minutes. */
    private static List<String> expressions() throws Exception {
        String dashboard = Files.readString(DASHBOARD);
        List<String> expressions = new ArrayList<>();
        Matcher found = EXPRESSION.matcher(dashboard);
        while (found.find()) {
            expressions.add(found.group(1)
                    .replace("\\\"", "\"")
                    .replace("$instance", ".*")
                    .replace("$relay_port", ".*")
                    .replace("$__rate_interval", "1m"));
        }
        assertTrue(expressions.size() > 15, expressions::toString);
        return expressions;
    }

    /** It listens, and answers 503, before it has opened its storage. */
    private static boolean isScraped(AdminClient prometheus) throws Exception {
        try {
            boolean isReady = prometheus.get("/-/ready").statusCode() == HttpURLConnection.HTTP_OK;
            return isReady
                    && !results(prometheus, "count_over_time(up{job=\"lander\"}[1m]) >= 2")
                            .isEmpty();
        } catch (IOException starting) {
            return false;
        }
    }

    private static List<?> results(AdminClient prometheus, String expression) throws Exception {
        String query = URLEncoder.encode(expression, StandardCharsets.UTF_8);
        Map<?, ?> answer = prometheus.json("/api/v1/query?query=" + query);
        assertEquals("success", answer.get("status"), expression);
        return answer.get("data") instanceof Map<?, ?> data && data.get("result") instanceof List<?> result
                ? result
                : List.of();
    }
}
