package dev.lander.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.control.stream.TlsSettings;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.PicocliException;

class ArgumentsTest {
    private static final Map<String, String> NO_ENVIRONMENT = Map.of();

    @Test
    void onlyThePortIsNeeded() {
        Options options = parse("9988");
        assertEquals(9988, options.port());
        assertNull(options.bind());
        assertNull(options.admin());
        assertEquals(Duration.ofSeconds(5), options.healthInterval());
        assertEquals(3, options.healthMisses());
        assertEquals(Duration.ofSeconds(5), options.connectTimeout());
        assertEquals(Duration.ofHours(1), options.idleTimeout());
        assertEquals(Duration.ofSeconds(60), options.udpTimeout());
        assertEquals(Duration.ofSeconds(30), options.drainTimeout());
        assertNull(options.maxConnections());
        assertNull(options.maxUdpFlows());
        assertTrue(options.relayPorts().contains(1));
        assertTrue(options.relayPorts().contains(65_535));
        assertEquals(List.of(), options.controlAllow());
        assertNull(options.tokenFile());
        assertNull(options.controlTls());
        assertFalse(options.legacyPorts());
        assertEquals(Level.INFO, level("9988"));
    }

    @Test
    void everyOptionCanBeSet() throws IOException {
        assertAllSet(parse(
                "--bind=127.0.0.2",
                "--admin=10.0.0.5:8080",
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
                "--relay-ports=8000-8999,9443",
                "--control-allow=10.0.0.0/8,::1",
                "--token-file=secret.txt",
                "--control-tls-cert=server.pem",
                "--control-tls-key=server.key",
                "--control-tls-ca=ca.pem",
                "--legacy-ports",
                "0"));
    }

    @Test
    void everyOptionCanBeSetByTheEnvironment() throws IOException {
        Map<String, String> environment = Map.ofEntries(
                Map.entry("LANDER_BIND", "127.0.0.2"),
                Map.entry("LANDER_ADMIN", "10.0.0.5:8080"),
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
                Map.entry("LANDER_RELAY_PORTS", "8000-8999,9443"),
                Map.entry("LANDER_CONTROL_ALLOW", "10.0.0.0/8,::1"),
                Map.entry("LANDER_TOKEN_FILE", "secret.txt"),
                Map.entry("LANDER_CONTROL_TLS_CERT", "server.pem"),
                Map.entry("LANDER_CONTROL_TLS_KEY", "server.key"),
                Map.entry("LANDER_CONTROL_TLS_CA", "ca.pem"),
                Map.entry("LANDER_LEGACY_PORTS", "true"),
                Map.entry("LANDER_LOG_LEVEL", "debug"),
                Map.entry("LANDER_PORT", "tcp://10.0.0.1:9988"),
                Map.entry("LANDER_VERSION", "1.2.3"),
                Map.entry("LANDER_HELP", "none"),
                Map.entry("LANDER_SOMETHING_ELSE", "x"));
        Arguments arguments = new Arguments();
        CommandLine.ParseResult parsed =
                ArgumentParser.of(arguments, environment).parseArgs("0");
        assertAllSet(arguments.toOptions());
        assertEquals(Level.DEBUG, arguments.logLevel());
        assertFalse(parsed.isVersionHelpRequested());
        assertFalse(parsed.isUsageHelpRequested());
    }

    private static void assertAllSet(Options options) throws IOException {
        assertEquals(0, options.port());
        assertEquals(InetAddress.getByName("127.0.0.2"), options.bind());
        assertEquals(new InetSocketAddress("10.0.0.5", 8080), options.admin());
        assertEquals(Duration.ofMillis(250), options.healthInterval());
        assertEquals(7, options.healthMisses());
        assertEquals(Duration.ofSeconds(2), options.connectTimeout());
        assertEquals(Duration.ofMinutes(10), options.idleTimeout());
        assertEquals(Duration.ofHours(2), options.udpTimeout());
        assertEquals(Duration.ofSeconds(1), options.drainTimeout());
        assertEquals(List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("::1")), options.acceptProxy());
        assertTrue(options.udpPerAddress());
        assertEquals(100, options.maxConnections());
        assertEquals(200, options.maxUdpFlows());
        assertTrue(options.relayPorts().contains(9_443));
        assertFalse(options.relayPorts().contains(9_000));
        assertEquals(List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("::1")), options.controlAllow());
        assertEquals(Path.of("secret.txt"), options.tokenFile());
        assertEquals(
                new TlsSettings(Path.of("server.pem"), Path.of("server.key"), Path.of("ca.pem")), options.controlTls());
        assertTrue(options.legacyPorts());
    }

    @Test
    void aCertificateAndItsKeyGoTogetherAndACaIsOptional() {
        TlsSettings settings =
                parse("--control-tls-cert=c", "--control-tls-key=k", "1").controlTls();
        assertEquals(new TlsSettings(Path.of("c"), Path.of("k"), null), settings);
        assertRefused("--control-tls-key", "--control-tls-cert=c", "1");
        assertRefused("--control-tls-cert", "--control-tls-key=k", "1");
        assertRefused("--control-tls-cert", "--control-tls-ca=ca", "1");
        assertRefused("--control-tls-key", "--control-tls-cert=c", "--control-tls-ca=ca", "1");
    }

    @Test
    void theCommandLineWinsOverTheEnvironment() {
        Map<String, String> environment = Map.of(
                "LANDER_IDLE_TIMEOUT", "10m", "LANDER_MAX_CONNECTIONS", "nonsense", "LANDER_CONTROL_ALLOW", "::1");
        Options options = parse(
                environment, "--idle-timeout", "5s", "--max-connections", "3", "--control-allow", "10.0.0.1", "1");
        assertEquals(Duration.ofSeconds(5), options.idleTimeout());
        assertEquals(3, options.maxConnections());
        assertEquals(List.of(AddressRange.parse("10.0.0.1")), options.controlAllow());
    }

    @Test
    void optionsCanBeReadFromAFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("options");
        Files.writeString(file, "# what we use\n--idle-timeout 5s\n--health-misses=9\n--legacy-ports\n");
        Options options = parse("@" + file, "--udp-timeout", "1s", "9988");
        assertEquals(Duration.ofSeconds(5), options.idleTimeout());
        assertEquals(9, options.healthMisses());
        assertEquals(Duration.ofSeconds(1), options.udpTimeout());
        assertTrue(options.legacyPorts());
        assertEquals(9988, options.port());
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
    void aDurationHasANumberAndAUnit(String text, long millis) {
        assertEquals(
                Duration.ofMillis(millis), parse("--idle-timeout", text, "1").idleTimeout());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5 s", " 5s", "-5s", "1.5s", "5S", "5sec", "5d", "1h30m", "9999999999ms"})
    void anythingElseIsNoDuration(String text) {
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
    void someDurationsMayBeZero(String option) {
        Options options = parse(option, "0", "1");
        assertTrue(options.idleTimeout().isZero() || options.drainTimeout().isZero());
    }

    @ParameterizedTest
    @CsvSource({
        "8080, 127.0.0.1, 8080",
        "0, 127.0.0.1, 0",
        "0.0.0.0:9090, 0.0.0.0, 9090",
        "[::1]:8080, ::1, 8080",
    })
    void theAdminPageIsOnLoopbackUnlessAnAddressIsGiven(String text, String address, int port) {
        assertEquals(
                new InetSocketAddress(address, port),
                parse("--admin", text, "1").admin());
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
        "--health-interval, 0",
        "--health-interval, 5",
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
        "--log-level, loud",
        "--log-level, ''"
    })
    void aBadValueIsRefusedAndTheOptionIsNamed(String option, String value) {
        assertRefused(option, option, value, "1");
        assertRefused(
                option, Map.of("LANDER_" + option.substring(2).replace('-', '_').toUpperCase(Locale.ROOT), value), "1");
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
    void everyLogLevelIsKnown(String name) {
        assertEquals(
                name.toUpperCase(Locale.ROOT), level("--log-level", name, "1").name());
    }

    @Test
    void helpAndVersionNeedNoPort() {
        CommandLine parser = ArgumentParser.of(new Arguments(), NO_ENVIRONMENT);
        assertTrue(parser.parseArgs("--help").isUsageHelpRequested());
        assertTrue(ArgumentParser.of(new Arguments(), NO_ENVIRONMENT)
                .parseArgs("--version")
                .isVersionHelpRequested());
        assertTrue(new ArgumentParser.Version().getVersion()[0].startsWith("lander "));
    }

    @Test
    void theUsageNamesEveryOptionWithItsDefault() {
        CommandLine parser = ArgumentParser.of(new Arguments(), NO_ENVIRONMENT);
        String usage = parser.getUsageMessage();
        List<String> missing = new ArrayList<>();
        parser.getCommandSpec().options().forEach(option -> {
            if (!usage.contains(option.longestName())) {
                missing.add(option.longestName());
            }
        });
        assertEquals(List.of(), missing);
        assertTrue(usage.contains("LANDER_IDLE_TIMEOUT"), usage);
        assertTrue(usage.contains("(1h)"), usage);
        assertTrue(usage.contains("(60s)"), usage);
        assertFalse(usage.contains("${"), usage);
    }

    private static Options parse(String... commandLine) {
        return parse(NO_ENVIRONMENT, commandLine);
    }

    private static Options parse(Map<String, String> environment, String... commandLine) {
        Arguments arguments = new Arguments();
        ArgumentParser.of(arguments, environment).parseArgs(commandLine);
        return arguments.toOptions();
    }

    private static Level level(String... commandLine) {
        Arguments arguments = new Arguments();
        ArgumentParser.of(arguments, NO_ENVIRONMENT).parseArgs(commandLine);
        return arguments.logLevel();
    }

    private static void assertRefused(String named, String... commandLine) {
        assertRefused(named, NO_ENVIRONMENT, commandLine);
    }

    /** As the program does it: the message is all that the user gets, besides the usage. */
    private static void assertRefused(String named, Map<String, String> environment, String... commandLine) {
        Arguments arguments = new Arguments();
        PicocliException refused = assertThrows(PicocliException.class, () -> {
            ArgumentParser.of(arguments, environment).parseArgs(commandLine);
            arguments.toOptions();
            arguments.logLevel();
        });
        assertTrue(
                refused instanceof ParameterException || refused instanceof CommandLine.TypeConversionException,
                refused::toString);
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains(named), message);
        assertFalse(message.contains("\n"), message);
        assertFalse(message.contains("Exception"), message);
    }
}
