package dev.lander.options;

import dev.lander.cluster.ClusterSettings;
import dev.lander.text.DurationText;
import dev.lander.text.HostPort;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options that join Landers to a cluster. */
final class ClusterOptions {
    private static final Option<List<HostPort>> CLUSTER = Option.optional(
            "--cluster",
            "MEMBERS",
            "off",
            ValueParsers::members,
            "where the Landers listen that share what is registered: HOST[:PORT] apart by commas, or dns:NAME");

    private static final Option<HostPort> BIND = Option.optional(
            "--cluster-bind",
            "ADDRESS[:PORT]",
            "that of --bind",
            ValueParsers::clusterBind,
            "where this one listens for the others");

    private static final Option<Path> KEY_FILE = Option.optional(
            "--cluster-key-file",
            "FILE",
            "none",
            ValueParsers::file,
            "the cluster's secret, in the file's first line: whoever has it can join");

    private static final Option<Boolean> PLAIN =
            Option.flag("--cluster-plain", "what members say to each other is not encrypted");

    private static final Option<InetAddress> ADDRESS = Option.optional(
            "--cluster-address",
            "ADDRESS",
            "none",
            ValueParsers::address,
            "under which the others reach components that registered with a loopback address; else they are not told of them");

    private static final Option<Duration> GRACE = Option.of(
            "--cluster-grace",
            "D",
            DurationText.of(Duration.ofSeconds(ClusterSettings.DEFAULT_GRACE_S)),
            DurationText::parse,
            "components of a Lander that has died are served on for so long, and longer while they answer");

    /** In the help's order. */
    static final List<Option<?>> ALL = List.of(CLUSTER, BIND, KEY_FILE, PLAIN, ADDRESS, GRACE);

    private ClusterOptions() {}

    /**
     * What they say; null = there is no cluster.
     *
     * @param bind what {@code --bind} says; null = any address
     * @throws BadArgument when a value is none, or two don't go together
     */
    static @Nullable ClusterSettings settings(Values values, @Nullable InetAddress bind) throws BadArgument {
        List<HostPort> members = values.find(CLUSTER);
        Path keyFile = values.find(KEY_FILE);
        HostPort ownBind = values.find(BIND);
        InetAddress address = values.find(ADDRESS);
        boolean plain = values.get(PLAIN);
        Duration grace = values.get(GRACE);
        if (members == null) {
            if (keyFile != null || ownBind != null || address != null || plain) {
                throw new BadArgument(
                        "--cluster-bind, --cluster-key-file, --cluster-plain and --cluster-address are for --cluster only");
            }
            return null;
        }
        if (keyFile == null) {
            throw new BadArgument(
                    "--cluster needs --cluster-key-file: openssl rand -base64 32 makes a key, the same for all members");
        }
        return new ClusterSettings(
                members,
                ownBind == null ? bind : ValueParsers.address(ownBind.host()),
                ownBind == null ? ClusterSettings.DEFAULT_PORT : ownBind.port(),
                keyFile,
                plain,
                address,
                grace);
    }
}
