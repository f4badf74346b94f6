package dev.lander.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.admin.AdminSettings;
import dev.lander.cluster.ClusterSettings;
import dev.lander.control.ControlSettings;
import dev.lander.control.stream.TlsSettings;
import dev.lander.log.LogSettings;
import dev.lander.relay.PortSettings;
import dev.lander.relay.RelaySettings;
import dev.lander.sockets.BindAddress;
import dev.lander.text.AddressRange;
import dev.lander.text.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

class ArgumentParserTest {
    private static final Map<String, String> NO_ENVIRONMENT = Map.of();

    @Test
    void onlyThePortIsNeeded() throws BadArgument {
        ControlSettings control = ControlSettings.DEFAULT;
        Options expected = new Options(
                new ControlSettings(
                        BindAddress.ANY,
                        9988,
                        control.healthInterval(),
                        control.healthMisses(),
                        control.access(),
                        null,
                        false),
                RelaySettings.DEFAULT,
                null,
                LogSettings.DEFAULT,
                Options.Running.DEFAULT,
                null);
        Options parsed = parse("9988");
        assertEquals(expected.toString(), parsed.toString());
        assertEquals(Duration.ofSeconds(5), parsed.control().healthInterval());
        assertEquals(Duration.ofHours(1), parsed.relay().tcp().idleTimeout());
        assertTrue(parsed.relay().tcp().splice());
    }

    @Test
    void everyOptionCanBeSet() throws IOException, BadArgument {
        assertAllSet(parse(
                "--bind=127.0.0.2",
                "--virtual-address=10.0.0.9,fd00::9",
                "--reuse-port",
                "--admin=10.0.0.5:8080",
                "--admin-host=lander.example.org,lb",
                "--health-interval=250ms",
                "--health-misses=7",
                "--connect-timeout=2s",
                "--idle-timeout=10m",
                "--udp-timeout=2h",
                "--drain-timeout=1s",
                "--max-connections=100",
                "--max-udp-flows=200",
                "--udp-per-address",
                "--accept-proxy=10.0.0.0/8,::1",
                "--splice=off",
                "--relay-ports=8000-8999,9443",
                "--control-allow=10.0.0.0/8,::1",
                "--token-file=secret.txt",
                "--control-tls-cert=server.pem",
                "--control-tls-key=server.key",
                "--control-tls-ca=ca.pem",
                "--cluster=lb1,lb2.example.org:7000,[::1]:7001,10.0.0.7",
                "--cluster-bind=10.0.0.5:7002",
                "--cluster-key-file=cluster.key",
                "--cluster-plain",
                "--cluster-address=10.0.0.6",
                "--cluster-grace=1m",
                "--legacy-ports",
                "0"));
    }

    @Test
    void everyOptionCanBeSetByTheEnvironment() throws IOException, BadArgument {
        Map<String, String> environment = Map.ofEntries(
                Map.entry("LANDER_BIND", "127.0.0.2"),
                Map.entry("LANDER_VIRTUAL_ADDRESS", "10.0.0.9,fd00::9"),
                Map.entry("LANDER_REUSE_PORT", "true"),
                Map.entry("LANDER_ADMIN", "10.0.0.5:8080"),
                Map.entry("LANDER_ADMIN_HOST", "lander.example.org,lb"),
                Map.entry("LANDER_HEALTH_INTERVAL", "250ms"),
                Map.entry("LANDER_HEALTH_MISSES", "7"),
                Map.entry("LANDER_CONNECT_TIMEOUT", "2s"),
                Map.entry("LANDER_IDLE_TIMEOUT", "10m"),
                Map.entry("LANDER_UDP_TIMEOUT", "2h"),
                Map.entry("LANDER_DRAIN_TIMEOUT", "1s"),
                Map.entry("LANDER_MAX_CONNECTIONS", "100"),
                Map.entry("LANDER_MAX_UDP_FLOWS", "200"),
                Map.entry("LANDER_UDP_PER_ADDRESS", "true"),
                Map.entry("LANDER_ACCEPT_PROXY", "10.0.0.0/8,::1"),
                Map.entry("LANDER_SPLICE", "OFF"),
                Map.entry("LANDER_RELAY_PORTS", "8000-8999,9443"),
                Map.entry("LANDER_CONTROL_ALLOW", "10.0.0.0/8,::1"),
                Map.entry("LANDER_TOKEN_FILE", "secret.txt"),
                Map.entry("LANDER_CONTROL_TLS_CERT", "server.pem"),
                Map.entry("LANDER_CONTROL_TLS_KEY", "server.key"),
                Map.entry("LANDER_CONTROL_TLS_CA", "ca.pem"),
                Map.entry("LANDER_CLUSTER", "lb1,lb2.example.org:7000,[::1]:7001,10.0.0.7"),
                Map.entry("LANDER_CLUSTER_BIND", "10.0.0.5:7002"),
                Map.entry("LANDER_CLUSTER_KEY_FILE", "cluster.key"),
                Map.entry("LANDER_CLUSTER_PLAIN", "true"),
                Map.entry("LANDER_CLUSTER_ADDRESS", "10.0.0.6"),
                Map.entry("LANDER_CLUSTER_GRACE", "1m"),
                Map.entry("LANDER_LEGACY_PORTS", "true"),
                Map.entry("LANDER_LOG_LEVEL", "debug"),
                Map.entry("LANDER_PORT", "tcp://10.0.0.1:9988"),
                Map.entry("LANDER_VERSION", "1.2.3"),
                Map.entry("LANDER_HELP", "none"),
                Map.entry("LANDER_SOMETHING_ELSE", "x"));
        Options options = parse(environment, "0");
        assertAllSet(options);
        assertEquals(Level.DEBUG, options.log().level());
    }

    private static void assertAllSet(Options options) throws IOException, BadArgument {
        assertEquals(0, options.control().port());
        BindAddress bindAddress = new BindAddress(InetAddress.getByName("127.0.0.2"));
        assertEquals(bindAddress, options.control().bindAddress());
        PortSettings ports = new PortSettings(
                bindAddress, List.of(InetAddress.getByName("10.0.0.9"), InetAddress.getByName("fd00::9")), true);
        assertEquals(ports, options.relay().ports());
        assertEquals(
                new AdminSettings(new InetSocketAddress("10.0.0.5", 8080), List.of("lander.example.org", "lb")),
                options.admin());
        assertEquals(Duration.ofMillis(250), options.control().healthInterval());
        assertEquals(7, options.control().healthMisses());
        assertEquals(Duration.ofSeconds(2), options.relay().tcp().connectTimeout());
        assertEquals(Duration.ofMinutes(10), options.relay().tcp().idleTimeout());
        assertEquals(Duration.ofHours(2), options.relay().udp().timeout());
        assertEquals(Duration.ofSeconds(1), options.running().drainTimeout());
        assertEquals(
                List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("::1")),
                options.relay().tcp().acceptProxy());
        assertFalse(options.relay().tcp().splice());
        assertTrue(options.relay().udp().perAddress());
        assertEquals(100, options.relay().tcp().maxConnections());
        assertEquals(200, options.relay().udp().maxFlows());
        assertTrue(options.control().access().relayPorts().contains(9_443));
        assertFalse(options.control().access().relayPorts().contains(9_000));
        assertEquals(
                List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("::1")),
                options.control().access().allowed());
        assertEquals(Path.of("secret.txt"), options.control().access().tokenFile());
        assertEquals(
                new TlsSettings(Path.of("server.pem"), Path.of("server.key"), Path.of("ca.pem")),
                options.control().tls());
        assertTrue(options.control().legacyPorts());
        assertEquals(
                new ClusterSettings(
                        List.of(
                                new HostPort("lb1", 7988),
                                new HostPort("lb2.example.org", 7000),
                                new HostPort("::1", 7001),
                                new HostPort("10.0.0.7", 7988)),
                        InetAddress.getByName("10.0.0.5"),
                        7002,
                        Path.of("cluster.key"),
                        true,
                        InetAddress.getByName("10.0.0.6"),
                        Duration.ofMinutes(1)),
                options.cluster());
    }

    @Test
    void aClusterListensWhereTheOtherSocketsDoUnlessItIsTold() throws Exception {
        ClusterSettings cluster = parse("--bind=10.0.0.9", "--cluster=dns:landers.example", "--cluster-key-file=k", "1")
                .cluster();
        assertNotNull(cluster);
        assertEquals(List.of(new HostPort("landers.example", 7988)), cluster.members());
        assertEquals(InetAddress.getByName("10.0.0.9"), cluster.bind());
        assertEquals(7988, cluster.port());
        assertFalse(cluster.plain());
        assertEquals(Duration.ofSeconds(30), cluster.grace());
    }

    @Test
    void aClusterNeedsAKeyFileAndItsOtherOptionsNeedACluster() {
        assertRefused("--cluster-key-file", "--cluster=lb1", "1");
        assertRefused("--cluster only", "--cluster-key-file=k", "1");
        assertRefused("--cluster only", "--cluster-plain", "1");
    }

    @Test
    void aSharedPortDoesNotLinger() throws BadArgument {
        assertTrue(parse("--reuse-port", "1").relay().ports().shared());
        assertRefused("--port-linger", "--reuse-port", "--port-linger=1s", "1");
    }

    @Test
    void virtualAddressesAreAddressesOfOneMachine() throws BadArgument {
        assertRefused("'0.0.0.0' stands for all addresses", "--virtual-address=0.0.0.0", "1");
        assertRefused("'lb' is no address", "--virtual-address=10.0.0.9,lb", "1");
    }

    @Test
    void aCertificateAndItsKeyGoTogetherAndACaIsOptional() throws BadArgument {
        TlsSettings settings = parse("--control-tls-cert=c", "--control-tls-key=k", "1")
                .control()
                .tls();
        assertEquals(new TlsSettings(Path.of("c"), Path.of("k"), null), settings);
        assertRefused("--control-tls-key", "--control-tls-cert=c", "1");
        assertRefused("--control-tls-cert", "--control-tls-key=k", "1");
        assertRefused("--control-tls-cert", "--control-tls-ca=ca", "1");
        assertRefused("--control-tls-key", "--control-tls-cert=c", "--control-tls-ca=ca", "1");
    }

    @Test
    void theCommandLineWinsOverTheEnvironment() throws BadArgument {
        Map<String, String> environment = Map.of(
                "LANDER_IDLE_TIMEOUT", "10m", "LANDER_MAX_CONNECTIONS", "nonsense", "LANDER_CONTROL_ALLOW", "::1");
        Options options = parse(
                environment, "--idle-timeout", "5s", "--max-connections", "3", "--control-allow", "10.0.0.1", "1");
        assertEquals(Duration.ofSeconds(5), options.relay().tcp().idleTimeout());
        assertEquals(3, options.relay().tcp().maxConnections());
        assertEquals(
                List.of(AddressRange.parse("10.0.0.1")),
                options.control().access().allowed());
    }

    @Test
    void optionsCanBeReadFromAFile(@TempDir Path folder) throws IOException, BadArgument {
        Path file = folder.resolve("options");
        Files.writeString(file, "# what we use\n--idle-timeout 5s\n--health-misses=9\n--legacy-ports\n");
        Options options = parse("@" + file, "--udp-timeout", "1s", "9988");
        assertEquals(Duration.ofSeconds(5), options.relay().tcp().idleTimeout());
        assertEquals(9, options.control().healthMisses());
        assertEquals(Duration.ofSeconds(1), options.relay().udp().timeout());
        assertTrue(options.control().legacyPorts());
        assertEquals(9988, options.control().port());
    }

    @ParameterizedTest
    @CsvSource({
        "250ms, 250",
        "5s, 5000",
        "10m, 600000",
        "1h, 3600000",
        "0, 0",
        "0s, 0",
        "007s, 7000",
        "876000h, 3153600000000",
        "999999999s, 999999999000"
    })
    void aDurationHasANumberAndAUnit(String text, long millis) throws BadArgument {
        assertEquals(
                Duration.ofMillis(millis),
                parse("--idle-timeout", text, "1").relay().tcp().idleTimeout());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5 s", " 5s", "-5s", "1.5s", "5S", "5sec", "5d", "1h30m", "9999999999ms"})
    void anythingElseIsNoDuration(String text) throws BadArgument {
        assertRefused("--idle-timeout", "--idle-timeout", text, "1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--health-interval", "--connect-timeout", "--idle-timeout", "--udp-timeout", "--drain-timeout"})
    void aDurationOfMoreThanAHundredYearsIsRefused(String option) {
        assertRefused(option, option, "876001h", "1");
        assertRefused(option, option, "999999999h", "1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--idle-timeout", "--drain-timeout"})
    void someDurationsMayBeZero(String option) throws BadArgument {
        Options options = parse(option, "0", "1");
        assertTrue(options.relay().tcp().idleTimeout().isZero()
                || options.running().drainTimeout().isZero());
    }

    @ParameterizedTest
    @CsvSource({
        "8080, 127.0.0.1, 8080",
        "0, 127.0.0.1, 0",
        "0.0.0.0:9090, 0.0.0.0, 9090",
        "[::1]:8080, ::1, 8080",
    })
    void theAdminPageIsOnLoopbackUnlessAnAddressIsGiven(String text, String address, int port) throws BadArgument {
        assertEquals(
                new InetSocketAddress(address, port),
                Objects.requireNonNull(parse("--admin", text, "1").admin()).address());
    }

    @ParameterizedTest
    @CsvSource({
        "--bind, localhost",
        "--bind, 10.0.0.0/8",
        "--bind, ''",
        "--bind, 256.0.0.1",
        "--admin, ''",
        "--admin, 65536",
        "--admin, localhost:80",
        "--admin, 10.0.0.5:",
        "--admin, 10.0.0.5",
        "--admin, ::1:80",
        "--admin, '[10.0.0.5:80'",
        "--admin, 1:2:3",
        "--admin-host, 'a b'",
        "--admin-host, a:80",
        "--admin-host, 'a,,b'",
        "--health-interval, 0",
        "--health-interval, 5",
        "--splice, on",
        "--health-misses, 0",
        "--health-misses, -1",
        "--health-misses, many",
        "--connect-timeout, 0s",
        "--connect-timeout, soon",
        "--udp-timeout, 0ms",
        "--udp-timeout, x",
        "--drain-timeout, x",
        "--max-connections, 0",
        "--max-connections, -5",
        "--max-connections, 2147483648",
        "--max-udp-flows, 0",
        "--max-udp-flows, x",
        "--accept-proxy, 10.0.0.0/33",
        "--accept-proxy, balancer",
        "--relay-ports, ''",
        "--relay-ports, 0",
        "--relay-ports, 9-8",
        "--relay-ports, 80-65536",
        "--relay-ports, http",
        "--control-allow, 10.0.0.0/33",
        "--control-allow, 10.0.0.0/-0",
        "--control-allow, 10.0.0.0/+8",
        "--control-allow, localhost",
        "--control-allow, '10.0.0.1,,10.0.0.2'",
        "--cluster, ''",
        "--cluster, 'a,,b'",
        "--cluster, 'lb1:0'",
        "--cluster, 'lb1:65536'",
        "--cluster, 10.0.0.256",
        "--cluster, '[lb1]:7988'",
        "--cluster, '[::1'",
        "--cluster, 'dns:'",
        "--cluster, 'dns:a,b'",
        "--cluster, 'lb 1'",
        "--cluster-bind, lb1",
        "--cluster-bind, '10.0.0.1:0'",
        "--cluster-address, lb1",
        "--cluster-grace, soon",
        "--log-level, loud",
        "--log-level, ''"
    })
    void aBadValueIsRefusedAndTheOptionIsNamed(String option, String value) {
        assertRefused(option, option, value, "1");
        if (!value.isEmpty()) {
            String variable = "LANDER_" + option.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
            assertRefused(option, Map.of(variable, value), "1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "65536", "http", ""})
    void aBadPortIsRefused(String port) {
        assertRefused("PORT", port);
    }

    @Test
    void aCommandLineThatIsIncompleteOrTooLongIsRefused() {
        assertRefused("PORT");
        assertRefused("9989", "9988", "9989");
        assertRefused("--fast", "--fast", "9988");
        assertRefused("--idle-timeout", "9988", "--idle-timeout");
        assertRefused("--idle-timeout", "--idle-timeout", "1s", "--idle-timeout", "2s", "9988");
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "warn", "info", "debug", "trace", "TRACE"})
    void everyLogLevelIsKnown(String name) throws BadArgument {
        assertEquals(
                name.toUpperCase(Locale.ROOT), level("--log-level", name, "1").name());
    }

    @Test
    void helpAndVersionNeedNoPort() throws BadArgument {
        ArgumentParser.Request help = new ArgumentParser(NO_ENVIRONMENT).parse("--help");
        assertNull(help.options());
        assertTrue(help.printed().startsWith("Usage: java -jar lander.jar [OPTIONS] PORT"), help::printed);
        ArgumentParser.Request version = new ArgumentParser(NO_ENVIRONMENT).parse("--version");
        assertNull(version.options());
        assertTrue(version.printed().startsWith("lander "), version::printed);
    }

    @Test
    void whatIsWrongIsToldBeforeWhatFollowsFromIt() {
        assertEquals(
                "--control-alow: there is no such option; is it --control-allow?",
                refusal(NO_ENVIRONMENT, "--control-alow", "10.0.0.0/8", "9988"));
        assertEquals("--zzz: there is no such option", refusal(NO_ENVIRONMENT, "--zzz", "9988"));
        assertEquals("9989: PORT has been given already", refusal(NO_ENVIRONMENT, "9988", "9989"));
        assertEquals("PORT is missing", refusal(NO_ENVIRONMENT));
        assertEquals(
                "--idle-timeout is given twice",
                refusal(NO_ENVIRONMENT, "--idle-timeout", "1s", "--idle-timeout", "2s", "1"));
        assertEquals("--idle-timeout D: its value is missing", refusal(NO_ENVIRONMENT, "1", "--idle-timeout"));
        assertEquals(
                "--idle-timeout, set by LANDER_IDLE_TIMEOUT: 'soon' is no duration like 250ms, 5s, 10m or 1h",
                refusal(Map.of("LANDER_IDLE_TIMEOUT", "soon"), "1"));
    }

    @Test
    void anEmptyVariableIsAsIfUnset() throws BadArgument {
        Map<String, String> empty = Map.of(
                "LANDER_IDLE_TIMEOUT", "", "LANDER_ADMIN", "", "LANDER_LEGACY_PORTS", "", "LANDER_MAX_CONNECTIONS", "");
        assertEquals(parse("1").toString(), parse(empty, "1").toString());
    }

    @ParameterizedTest
    @CsvSource({"1, true", "yes, true", "ON, true", "True, true", "0, false", "no, false", "off, false", "FALSE, false"
    })
    void aSwitchIsOnOrOffInManyWords(String word, boolean on) throws BadArgument {
        Options options = parse(Map.of("LANDER_LEGACY_PORTS", word), "1");
        assertEquals(on, options.control().legacyPorts());
    }

    @Test
    void aSwitchIsNothingElse() {
        String refused = refusal(Map.of("LANDER_LEGACY_PORTS", "maybe"), "1");
        assertEquals(
                "--legacy-ports, set by LANDER_LEGACY_PORTS: 'maybe' is neither true, yes, on or 1 nor false, no, off or 0",
                refused);
    }

    @Test
    void anOptionFileMayBeginWithAByteOrderMarkAndHoldWordsOfAnyLanguage(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("options");
        Files.writeString(file, "\uFEFF--idle-timeout 5s\n--token-file '/etc/비밀 번호' # 주석\n", StandardCharsets.UTF_8);
        Options options = parse("@" + file, "1");
        assertEquals(Duration.ofSeconds(5), options.relay().tcp().idleTimeout());
        assertEquals(Path.of("/etc/비밀 번호"), options.control().access().tokenFile());
    }

    @Test
    void anOptionFileMayNameAnotherButNotItself(@TempDir Path folder) throws Exception {
        Path one = folder.resolve("one");
        Path other = folder.resolve("other");
        Files.writeString(one, "@" + other + " --idle-timeout 5s");
        Files.writeString(other, "--udp-timeout=7s");
        Options options = parse("@" + one, "1");
        assertEquals(Duration.ofSeconds(5), options.relay().tcp().idleTimeout());
        assertEquals(Duration.ofSeconds(7), options.relay().udp().timeout());
        Files.writeString(other, "@" + one);
        assertEquals("@" + one + ": this file names itself", refusal(NO_ENVIRONMENT, "@" + one, "1"));
    }

    private static Options parse(String... commandLine) throws BadArgument {
        return parse(NO_ENVIRONMENT, commandLine);
    }

    private static Options parse(Map<String, String> environment, String... commandLine) throws BadArgument {
        return Objects.requireNonNull(
                new ArgumentParser(environment).parse(commandLine).options());
    }

    private static Level level(String... commandLine) throws BadArgument {
        return parse(commandLine).log().level();
    }

    private static void assertRefused(String named, String... commandLine) {
        assertRefused(named, NO_ENVIRONMENT, commandLine);
    }

    /** As the program does it: the message is all that the user gets. */
    private static void assertRefused(String named, Map<String, String> environment, String... commandLine) {
        String message = refusal(environment, commandLine);
        assertTrue(message.contains(named), message);
        assertFalse(message.contains("\n"), message);
        assertFalse(message.contains("Exception"), message);
    }

    private static String refusal(Map<String, String> environment, String... commandLine) {
        BadArgument refused = assertThrows(BadArgument.class, () -> parse(environment, commandLine));
        return String.valueOf(refused.getMessage());
    }
}
