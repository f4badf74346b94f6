package dev.lander.options;

import dev.lander.control.stream.TlsSettings;
import dev.lander.text.AddressRange;
import dev.lander.text.PortRanges;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The command line as users write it. */
@Command(
        name = "java -jar lander.jar",
        description = "A TCP and UDP load balancer whose components register themselves.",
        versionProvider = ArgumentParser.Version.class,
        sortOptions = false,
        usageHelpWidth = 100,
        abbreviateSynopsis = true,
        footer = {
            "",
            "A duration D is 50us, 250ms, 5s, 10m or 1h. @FILE reads options from a file. Each option can also be set by an"
                    + " environment variable, --idle-timeout by LANDER_IDLE_TIMEOUT; the command line wins."
        })
public final class Arguments {
    private static final int MAX_PORT = 65_535;

    @Parameters(paramLabel = "PORT", description = "TCP port of the control channel; 0 picks a free one")
    private int port;

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "address that the control and relay sockets bind")
    private @Nullable InetAddress bind;

    @Option(
            names = "--admin",
            paramLabel = "[ADDRESS:]PORT",
            description = "status page, /metrics, /healthz and /api/status; ADDRESS is 127.0.0.1 when not given (off)")
    private @Nullable InetSocketAddress admin;

    @Option(
            names = "--health-interval",
            paramLabel = "D",
            defaultValue = "5s",
            description = "how often components are sent a health check (${DEFAULT-VALUE})")
    private Duration healthInterval = Duration.ZERO;

    @Option(
            names = "--health-misses",
            paramLabel = "N",
            defaultValue = "3",
            description = "unanswered checks in a row that take a component out of rotation (${DEFAULT-VALUE})")
    private int healthMisses;

    @Option(
            names = "--connect-timeout",
            paramLabel = "D",
            defaultValue = "5s",
            description = "to establish the upstream TCP connection, each try (${DEFAULT-VALUE})")
    private Duration connectTimeout = Duration.ZERO;

    @Option(
            names = "--queue-timeout",
            paramLabel = "D",
            defaultValue = "0",
            description =
                    "TCP clients wait so long while all components are at their max_connections (${DEFAULT-VALUE})")
    private Duration queueTimeout = Duration.ZERO;

    @Option(
            names = "--idle-timeout",
            paramLabel = "D",
            defaultValue = "1h",
            description =
                    "a TCP relay with no byte in either direction for so long is closed; 0 = never (${DEFAULT-VALUE})")
    private Duration idleTimeout = Duration.ZERO;

    @Option(
            names = "--udp-timeout",
            paramLabel = "D",
            defaultValue = "60s",
            description = "a UDP flow with no datagram in either direction for so long is closed (${DEFAULT-VALUE})")
    private Duration udpTimeout = Duration.ZERO;

    @Option(
            names = "--drain-timeout",
            paramLabel = "D",
            defaultValue = "30s",
            description = "on SIGTERM, how long open relays may take to finish (${DEFAULT-VALUE})")
    private Duration drainTimeout = Duration.ZERO;

    @Option(
            names = "--port-linger",
            paramLabel = "D",
            defaultValue = "0s",
            description = "a relay port stays bound for so long when its last component has left (${DEFAULT-VALUE})")
    private Duration portLinger = Duration.ZERO;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description = "TCP relays open at once, over all ports (half the descriptor budget)")
    private @Nullable Integer maxConnections;

    @Option(
            names = "--max-udp-flows",
            paramLabel = "N",
            description = "UDP flows open at once; the least recently used one makes room (the descriptor budget)")
    private @Nullable Integer maxUdpFlows;

    @Option(
            names = "--udp-per-address",
            description =
                    "bind UDP relay ports at each address of this machine, so that answers leave from the one asked")
    private boolean udpPerAddress;

    @Option(
            names = "--accept-proxy",
            paramLabel = "CIDRS",
            split = ",",
            hideParamSyntax = true,
            description = "balancers in front, whose TCP connections begin with a PROXY header, v1 or v2 (none)")
    private List<AddressRange> acceptProxy = List.of();

    @Option(
            names = "--relay-ports",
            paramLabel = "RANGES",
            defaultValue = "1-65535",
            description = "relay ports that components may ask for, e.g. 8000-8999,9443 (${DEFAULT-VALUE})")
    private PortRanges relayPorts = PortRanges.ALL;

    @Option(
            names = "--control-allow",
            paramLabel = "CIDRS",
            split = ",",
            hideParamSyntax = true,
            description = "who may talk to the control channel, e.g. 10.0.0.0/8,::1 (everyone)")
    private List<AddressRange> controlAllow = List.of();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "shared secret, in the file's first line, that every register must carry (none)")
    private @Nullable Path tokenFile;

    @Option(
            names = "--control-tls-cert",
            paramLabel = "FILE",
            description = "certificate chain (PEM) by which the control channel is encrypted (off)")
    private @Nullable Path controlTlsCert;

    @Option(
            names = "--control-tls-key",
            paramLabel = "FILE",
            description = "the certificate's private key (PEM, PKCS#8, not encrypted)")
    private @Nullable Path controlTlsKey;

    @Option(
            names = "--control-tls-ca",
            paramLabel = "FILE",
            description = "control peers must have a certificate that one of these (PEM) has issued (off)")
    private @Nullable Path controlTlsCa;

    @Option(
            names = "--access-log",
            paramLabel = "FILE",
            description = "one line per finished TCP relay and UDP flow; - is standard output (off)")
    private @Nullable Path accessLog;

    @Option(
            names = "--busy-poll",
            paramLabel = "D",
            defaultValue = "0",
            description = "poll for so long, e.g. 50us, before each wait: less latency, more CPU (${DEFAULT-VALUE})")
    private Duration busyPoll = Duration.ZERO;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "info",
            description = "error, warn, info, debug or trace (${DEFAULT-VALUE})")
    private String logLevel = "";

    @Option(
            names = "--legacy-ports",
            description =
                    "on length-prefixed connections (all of the original's clients), read port and relay_port of a register the other way round")
    private boolean legacyPorts;

    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--version", versionHelp = true, description = "print the version and exit")
    private boolean versionAsked;

    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "print this help and exit")
    private boolean helpAsked;

    /**
     * The options that were parsed.
     *
     * @throws TypeConversionException when one is out of range; the message names it
     */
    public Options toOptions() {
        check(port >= 0 && port <= MAX_PORT, "PORT must be from 0 to " + MAX_PORT);
        checkPositive("--health-interval", healthInterval);
        checkPositive("--connect-timeout", connectTimeout);
        checkPositive("--udp-timeout", udpTimeout);
        check(healthMisses >= 1, "--health-misses must be at least 1");
        check(maxConnections == null || maxConnections >= 1, "--max-connections must be at least 1");
        check(maxUdpFlows == null || maxUdpFlows >= 1, "--max-udp-flows must be at least 1");
        return new Options(
                port,
                bind,
                admin,
                healthInterval,
                healthMisses,
                connectTimeout,
                queueTimeout,
                idleTimeout,
                udpTimeout,
                drainTimeout,
                portLinger,
                maxConnections,
                maxUdpFlows,
                udpPerAddress,
                acceptProxy,
                relayPorts,
                controlAllow,
                tokenFile,
                controlTls(),
                accessLog,
                busyPoll,
                legacyPorts);
    }

    /**
     * From which level on is logged.
     *
     * @throws TypeConversionException when there is no such level
     */
    public Level logLevel() {
        for (Level level : Level.values()) {
            if (level.name().equalsIgnoreCase(logLevel)) {
                return level;
            }
        }
        throw new TypeConversionException("--log-level must be error, warn, info, debug or trace");
    }

    private @Nullable TlsSettings controlTls() {
        if (controlTlsCert != null && controlTlsKey != null) {
            return new TlsSettings(controlTlsCert, controlTlsKey, controlTlsCa);
        }
        check(
                controlTlsCert == null && controlTlsKey == null && controlTlsCa == null,
                "--control-tls-cert and --control-tls-key must be given together, and --control-tls-ca only with them");
        return null;
    }

    private static void checkPositive(String name, Duration duration) {
        check(!duration.isZero(), name + " must be longer than 0");
    }

    static void check(boolean holds, String demand) {
        if (!holds) {
            throw new TypeConversionException(demand);
        }
    }
}
