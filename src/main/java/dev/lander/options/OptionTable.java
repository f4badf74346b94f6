package dev.lander.options;

import dev.lander.admin.AdminSettings;
import dev.lander.control.AccessSettings;
import dev.lander.control.ControlSettings;
import dev.lander.control.stream.TlsSettings;
import dev.lander.log.LogSettings;
import dev.lander.sockets.BindAddress;
import dev.lander.text.AddressRange;
import dev.lander.text.DurationText;
import dev.lander.text.PortRanges;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** Every option in the help's order, and how they become the rooms' settings, whose records have the defaults. */
final class OptionTable {
    static final Option<Integer> PORT = Option.optional(
            "PORT", "PORT", "", ValueParsers::port, "TCP port of the control channel; 0 picks a free one");

    private static final Option<InetAddress> BIND = Option.optional(
            "--bind", "ADDRESS", "any", ValueParsers::address, "address that the control and relay sockets bind");

    private static final Option<InetSocketAddress> ADMIN = Option.optional(
            "--admin",
            "[ADDRESS:]PORT",
            "off",
            ValueParsers::socketAddress,
            "status page, /metrics, /healthz and /api/status; ADDRESS is 127.0.0.1 when not given");

    private static final Option<List<String>> ADMIN_HOST = Option.optional(
            "--admin-host",
            "NAMES",
            "none",
            ValueParsers::names,
            "names, apart by commas, by which the status page may be asked for besides addresses and localhost");

    private static final Option<Duration> HEALTH_INTERVAL = Option.of(
            "--health-interval",
            "D",
            DurationText.of(ControlSettings.DEFAULT.healthInterval()),
            ValueParsers::positive,
            "how often components are sent a health check");

    private static final Option<Integer> HEALTH_MISSES = Option.of(
            "--health-misses",
            "N",
            Integer.toString(ControlSettings.DEFAULT.healthMisses()),
            ValueParsers::count,
            "unanswered checks in a row that take a component out of rotation");

    private static final Option<Duration> DRAIN_TIMEOUT = Option.of(
            "--drain-timeout",
            "D",
            DurationText.of(Options.Running.DEFAULT.drainTimeout()),
            DurationText::parse,
            "on SIGTERM, how long open relays may take to finish");

    private static final Option<PortRanges> RELAY_PORTS = Option.of(
            "--relay-ports",
            "RANGES",
            AccessSettings.DEFAULT.relayPorts().toString(),
            PortRanges::parse,
            "relay ports that components may ask for, e.g. 8000-8999,9443");

    private static final Option<List<AddressRange>> CONTROL_ALLOW = Option.optional(
            "--control-allow",
            "CIDRS",
            "everyone",
            ValueParsers::ranges,
            "who may talk to the control channel, e.g. 10.0.0.0/8,::1");

    private static final Option<Path> TOKEN_FILE = Option.optional(
            "--token-file",
            "FILE",
            "none",
            ValueParsers::file,
            "shared secret, in the file's first line, that every register must carry");

    private static final Option<Path> CONTROL_TLS_CERT = Option.optional(
            "--control-tls-cert",
            "FILE",
            "off",
            ValueParsers::file,
            "certificate chain (PEM) by which the control channel is encrypted");

    private static final Option<Path> CONTROL_TLS_KEY = Option.optional(
            "--control-tls-key",
            "FILE",
            "",
            ValueParsers::file,
            "the certificate's private key (PEM, PKCS#8, not encrypted)");

    private static final Option<Path> CONTROL_TLS_CA = Option.optional(
            "--control-tls-ca",
            "FILE",
            "off",
            ValueParsers::file,
            "control peers must have a certificate that one of these (PEM) has issued");

    private static final Option<Path> ACCESS_LOG = Option.optional(
            "--access-log",
            "FILE",
            "off",
            ValueParsers::file,
            "one line per finished TCP relay and UDP flow; - is standard output");

    private static final Option<Duration> BUSY_POLL = Option.of(
            "--busy-poll",
            "D",
            DurationText.of(Options.Running.DEFAULT.busyPoll()),
            DurationText::parse,
            "poll for so long, e.g. 50us, before each wait: less latency, more CPU");

    private static final Option<Level> LOG_LEVEL = Option.of(
            "--log-level",
            "LEVEL",
            LogSettings.DEFAULT.level().name().toLowerCase(Locale.ROOT),
            ValueParsers::level,
            "error, warn, info, debug or trace");

    private static final Option<Boolean> LEGACY_PORTS = Option.flag(
            "--legacy-ports",
            "on length-prefixed connections (all of the original's clients), read port and relay_port of a register the other way round");

    /** All but PORT. */
    static final List<Option<?>> ALL = Stream.of(
                    List.of(BIND),
                    RelayOptions.WHERE,
                    List.of(ADMIN, ADMIN_HOST, HEALTH_INTERVAL, HEALTH_MISSES),
                    RelayOptions.TIMEOUTS,
                    List.of(DRAIN_TIMEOUT),
                    RelayOptions.OTHERS,
                    List.of(RELAY_PORTS, CONTROL_ALLOW, TOKEN_FILE, CONTROL_TLS_CERT, CONTROL_TLS_KEY, CONTROL_TLS_CA),
                    ClusterOptions.ALL,
                    List.of(ACCESS_LOG, BUSY_POLL, LOG_LEVEL, LEGACY_PORTS))
            .<Option<?>>flatMap(List::stream)
            .toList();

    private OptionTable() {}

    /**
     * The rooms' settings.
     *
     * @throws BadArgument when a value is none, or two don't go together
     */
    static Options options(Values values) throws BadArgument {
        BindAddress bindAddress = new BindAddress(values.find(BIND));
        InetSocketAddress admin = values.find(ADMIN);
        List<String> adminHosts = values.find(ADMIN_HOST, List.of());
        return new Options(
                control(values, bindAddress),
                RelayOptions.settings(values, bindAddress, values.get(DRAIN_TIMEOUT)),
                admin == null ? null : new AdminSettings(admin, adminHosts),
                new LogSettings(values.get(LOG_LEVEL), values.find(ACCESS_LOG)),
                new Options.Running(values.get(DRAIN_TIMEOUT), values.get(BUSY_POLL)),
                ClusterOptions.settings(values, bindAddress.host()));
    }

    private static ControlSettings control(Values values, BindAddress bindAddress) throws BadArgument {
        return new ControlSettings(
                bindAddress,
                values.get(PORT),
                values.get(HEALTH_INTERVAL),
                values.get(HEALTH_MISSES),
                new AccessSettings(
                        values.find(CONTROL_ALLOW, AccessSettings.DEFAULT.allowed()),
                        values.get(RELAY_PORTS),
                        values.find(TOKEN_FILE)),
                tls(values.find(CONTROL_TLS_CERT), values.find(CONTROL_TLS_KEY), values.find(CONTROL_TLS_CA)),
                values.get(LEGACY_PORTS));
    }

    private static @Nullable TlsSettings tls(@Nullable Path certificate, @Nullable Path key, @Nullable Path ca)
            throws BadArgument {
        if (certificate != null && key != null) {
            return new TlsSettings(certificate, key, ca);
        }
        if (certificate != null || key != null || ca != null) {
            throw new BadArgument(
                    "--control-tls-cert and --control-tls-key must be given together, and --control-tls-ca only with them");
        }
        return null;
    }
}
