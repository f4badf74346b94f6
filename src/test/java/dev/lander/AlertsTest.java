package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.testing.ChildProcess;
import dev.lander.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * docs/alerts.yml, by promtool: each fault of the manual's table fires the alert that the table names, and no other.
 * Samples are 15 s apart, the fault begins after 10 min and is looked at after 20.
 */
class AlertsTest {
    private static final Path RULES = Path.of("docs/alerts.yml").toAbsolutePath();
    private static final Path MANUAL = Path.of("docs/operations.md");

    /** A row of the table of faults: the fault, and in the last column its alert, if any. */
    private static final Pattern ROW = Pattern.compile("\\| ([^|]+) \\|.*\\|(?: `(\\w+)`)? \\|");

    /** A Lander that nothing ails: one service with two components, a client and a datagram each second. */
    private static final String HEALTHY = """
            up{job="lander",instance="lb"} 1x80
            lander_service_components{instance="lb",protocol="tcp",relay_port="80",state="good"} 2x80
            lander_service_components{instance="lb",protocol="tcp",relay_port="80",state="bad"} 0x80
            lander_service_components{instance="lb",protocol="tcp",relay_port="80",state="silent"} 0x80
            lander_service_components{instance="lb",protocol="tcp",relay_port="80",state="unreachable"} 0x80
            lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="a",state="good"} 1x80
            lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="a",state="bad"} 0x80
            lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="a",state="silent"} 0x80
            lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="a",state="unreachable"} 0x80
            lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="b",state="good"} 1x80
            lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="b",state="unreachable"} 0x80
            lander_connections_total{instance="lb"} 0+15x80
            lander_datagrams_total{instance="lb"} 0+15x80
            lander_tcp_clients_closed_total{instance="lb",cause="no_component"} 0x80
            lander_tcp_clients_closed_total{instance="lb",cause="queue_full"} 0x80
            lander_upstream_connects_failed_total{instance="lb",cause="refused"} 0x80
            lander_upstream_connects_failed_total{instance="lb",cause="timeout"} 0x80
            lander_udp_datagrams_dropped_total{instance="lb",cause="upstream_full"} 0x80
            lander_control_connections_closed_total{instance="lb",cause="broken"} 0x80
            lander_tcp_relays{instance="lb"} 10x80
            lander_tcp_relays_limit{instance="lb"} 100x80
            process_open_fds{job="lander",instance="lb"} 50x80
            process_max_fds{job="lander",instance="lb"} 1000x80
            lander_loop_turn_seconds_bucket{instance="lb",le="0.001"} 0+300x80
            lander_loop_turn_seconds_bucket{instance="lb",le="0.256"} 0+300x80
            lander_loop_turn_seconds_bucket{instance="lb",le="+Inf"} 0+300x80
            lander_faults_total{instance="lb"} 0x80
            lander_control_certificate_expiry_timestamp_seconds{instance="lb"} 1300000x80
            lander_cluster_members{instance="lb"} 3x80
            lander_cluster_refused{instance="lb",member="lb2",address="10.0.0.2:7988"} 0x80
            lander_orphans{instance="lb"} 0x80
            """;

    private static final String ONE_IS_OUT = """
            lander_service_components{instance="lb",protocol="tcp",relay_port="80",state="good"} 2x40 1x40
            lander_service_components{instance="lb",protocol="tcp",relay_port="80",state="STATE"} 0x40 1x40
            lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="a",state="good"} 1x40 0x40
            lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="a",state="STATE"} 0x40 1x40
            """;

    private static final String A_HAS_LEFT = """
            lander_service_components{instance="lb",protocol="tcp",relay_port="80",state="good"} 2x40 1x40
            lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="a",state="good"} 1x40 stale
            lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="a",state="bad"} 0x40 stale
            lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="a",state="silent"} 0x40 stale
            lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="a",state="unreachable"} 0x40 stale
            """;

    /** What changes, for each fault of the table. */
    private static final Map<String, String> FAULTS = faults();

    /** The alerts that no fault of the table fires, and what does. */
    private static final Map<String, String> MORE = more();

    private final Path folder;

    AlertsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeAll
    static void needPromtool() {
        Programs.need("promtool (Debian: prometheus)", "promtool", "--version");
    }

    static List<String> faultsOfTheManual() throws IOException {
        return List.copyOf(alertsOfTheManual().keySet());
    }

    static List<String> otherAlerts() {
        return List.copyOf(MORE.keySet());
    }

    @Test
    void nothingFiresWhenNothingIsWrong() throws Exception {
        assertFires("", "");
    }

    @ParameterizedTest
    @MethodSource("faultsOfTheManual")
    void eachFaultFiresItsAlertAndNoOther(String fault) throws Exception {
        String changes = FAULTS.get(fault);
        if (changes == null) {
            throw new AssertionError("what does it do to the metrics? " + fault);
        }
        assertFires(alertsOfTheManual().getOrDefault(fault, ""), changes);
    }

    @ParameterizedTest
    @MethodSource("otherAlerts")
    void eachOtherAlertFiresAlone(String alert) throws Exception {
        assertFires(alert, MORE.getOrDefault(alert, ""));
    }

    @Test
    void everyAlertIsTried() throws Exception {
        TreeSet<String> tried = new TreeSet<>(MORE.keySet());
        tried.addAll(alertsOfTheManual().values());
        tried.remove("");
        List<String> all = Files.readAllLines(RULES).stream()
                .filter(line -> line.contains("- alert: "))
                .map(line -> line.replaceFirst(".*- alert: ", ""))
                .sorted()
                .toList();
        assertEquals(all, List.copyOf(tried));
    }

    private static Map<String, String> faults() {
        Map<String, String> faults = new LinkedHashMap<>();
        faults.put("a component's process dies", A_HAS_LEFT);
        faults.put(
                "a component refuses connects, but its control connection lives",
                ONE_IS_OUT.replace("STATE", "unreachable") + """
                        lander_upstream_connects_failed_total{instance="lb",cause="refused"} 0x40 3+0.5x40
                        """);
        faults.put("a component's host vanishes without a word", ONE_IS_OUT.replace("STATE", "unreachable") + """
                        lander_upstream_connects_failed_total{instance="lb",cause="timeout"} 0x40 3+0.5x40
                        """);
        faults.put("a component hangs, but its system accepts connections", ONE_IS_OUT.replace("STATE", "silent"));
        faults.put("a component reports `bad`", ONE_IS_OUT.replace("STATE", "bad"));
        faults.put("all components of a service fail", """
                lander_service_components{instance="lb",protocol="tcp",relay_port="80",state="good"} 2x40 0x40
                lander_service_components{instance="lb",protocol="tcp",relay_port="80",state="bad"} 0x40 2x40
                lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="a",state="good"} 1x40 0x40
                lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="a",state="bad"} 0x40 1x40
                lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="b",state="good"} 1x40 0x40
                lander_component_state{instance="lb",protocol="tcp",relay_port="80",component="b",state="bad"} 0x40 1x40
                lander_connections_total{instance="lb"} 0+15x40 600x40
                lander_tcp_clients_closed_total{instance="lb",cause="no_component"} 0x40 0+15x40
                """);
        faults.put("the only component of a service restarts", onlyTheService("2x40 stale 2x40"));
        faults.put("the last component of a service leaves and does not come back", onlyTheService("2x40 stale"));
        faults.put("a client stops reading", "");
        faults.put("Lander is paused (SIGSTOP, a sleeping machine)", paused());
        faults.put("Lander's log is not read", "");
        faults.put("garbage, floods or slow dribble on the control channel", """
                lander_control_connections_closed_total{instance="lb",cause="broken"} 0x40 0+1500x40
                """);
        faults.put("Lander is started twice on one port", "");
        return faults;
    }

    private static Map<String, String> more() {
        Map<String, String> more = new TreeMap<>();
        more.put(
                "LanderCertificateExpires",
                "lander_control_certificate_expiry_timestamp_seconds{instance=\"lb\"} 1200000x80\n");
        more.put("LanderTurnsClientsAway", """
                lander_tcp_clients_closed_total{instance="lb",cause="queue_full"} 0x40 0+1x40
                """);
        more.put("LanderConnectsFail", """
                lander_upstream_connects_failed_total{instance="lb",cause="refused"} 0x40 0+1x40
                """);
        more.put("LanderDropsDatagrams", """
                lander_udp_datagrams_dropped_total{instance="lb",cause="upstream_full"} 0x40 0+1x40
                """);
        more.put("LanderNearLimitOfRelays", "lander_tcp_relays{instance=\"lb\"} 10x40 90x40\n");
        more.put("LanderNearLimitOfDescriptors", "process_open_fds{job=\"lander\",instance=\"lb\"} 50x40 950x40\n");
        more.put("LanderLoopIsSlow", """
                lander_loop_turn_seconds_bucket{instance="lb",le="0.001"} 0+300x40 12000+290x40
                """);
        more.put("LanderMemberMissing", "lander_cluster_members{instance=\"lb\"} 3x40 2x40\n");
        more.put("LanderMemberCannotServe", """
                lander_cluster_refused{instance="lb",member="lb2",address="10.0.0.2:7988"} 0x40 1x40
                """);
        more.put("LanderServesOrphans", "lander_orphans{instance=\"lb\"} 0x40 7x40\n");
        more.put("LanderDefect", "lander_faults_total{instance=\"lb\"} 0x40 1x40\n");
        return more;
    }

    /** The service's series, with these values for each of them. */
    private static String onlyTheService(String values) {
        return HEALTHY.lines()
                .filter(line -> line.contains("relay_port="))
                .map(line -> line.substring(0, line.indexOf(' ') + 1)
                        + (line.endsWith("0x80") ? values.replace("2x", "0x") : values) + "\n")
                .collect(Collectors.joining());
    }

    /** No scrape is answered. */
    private static String paused() {
        return HEALTHY.lines()
                .map(line -> line.replaceFirst("x80$", "x40 stale") + "\n")
                .collect(Collectors.joining())
                .replaceFirst("1x40 stale", "1x40 0x40");
    }

    private static Map<String, String> alertsOfTheManual() throws IOException {
        String manual = Files.readString(MANUAL);
        int begin = manual.indexOf("## Faults");
        String section = manual.substring(begin, manual.indexOf("\n## ", begin));
        Map<String, String> alerts = new LinkedHashMap<>();
        for (String line :
                section.lines().filter(line -> line.startsWith("| ")).skip(1).toList()) {
            Matcher row = ROW.matcher(line);
            if (!row.matches()) {
                throw new AssertionError(line);
            }
            alerts.put(row.group(1), row.group(2) == null ? "" : row.group(2));
        }
        return alerts;
    }

    private void assertFires(String alert, String changes) throws Exception {
        Map<String, String> series = new LinkedHashMap<>();
        for (String line : (HEALTHY + changes).lines().toList()) {
            int split = line.indexOf("} ") + 1;
            series.put(line.substring(0, split), line.substring(split + 1));
        }
        List<String> test = new ArrayList<>();
        test.add("rule_files: [" + RULES + "]");
        test.add("evaluation_interval: 15s");
        test.add("tests:");
        test.add("  - interval: 15s");
        test.add("    input_series:");
        series.forEach((name, values) -> test.add("      - {series: '" + name + "', values: '" + values + "'}"));
        test.add("    promql_expr_test:");
        test.add("      - expr: group by (alertname) (ALERTS{alertstate=\"firing\"})");
        test.add("        eval_time: 20m");
        test.add("        exp_samples: ["
                + (alert.isEmpty() ? "" : "{labels: '{alertname=\"" + alert + "\"}', value: 1}") + "]");
        Path file = Files.write(folder.resolve("test.yml"), test);
        try (ChildProcess promtool = ChildProcess.start(List.of("promtool", "test", "rules", file.toString()))) {
            assertEquals(0, promtool.exitStatus(), promtool::toString);
        }
    }
}
