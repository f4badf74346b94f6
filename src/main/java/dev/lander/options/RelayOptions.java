package dev.lander.options;

import dev.lander.relay.PortSettings;
import dev.lander.relay.RelaySettings;
import dev.lander.relay.TcpSettings;
import dev.lander.relay.UdpSettings;
import dev.lander.sockets.BindAddress;
import dev.lander.text.AddressRange;
import dev.lander.text.DurationText;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** The options of relay ports, and of what is relayed. */
final class RelayOptions {
    private static final Option<List<InetAddress>> VIRTUAL_ADDRESS = Option.optional(
            "--virtual-address",
            "ADDRESSES",
            "none",
            ValueParsers::addresses,
            "addresses that move between machines, bound by relay ports wherever they are at present");

    private static final Option<Boolean> REUSE_PORT = Option.flag(
            "--reuse-port", "share relay ports with other Landers of the same user on this machine (SO_REUSEPORT)");

    private static final Option<Duration> CONNECT_TIMEOUT = Option.of(
            "--connect-timeout",
            "D",
            DurationText.of(TcpSettings.DEFAULT.connectTimeout()),
            ValueParsers::positive,
            "to establish the upstream TCP connection, each try");

    private static final Option<Duration> QUEUE_TIMEOUT = Option.of(
            "--queue-timeout",
            "D",
            DurationText.of(TcpSettings.DEFAULT.queueTimeout()),
            DurationText::parse,
            "TCP clients wait so long while all components are at their max_connections; 0 = not at all");

    private static final Option<Duration> IDLE_TIMEOUT = Option.of(
            "--idle-timeout",
            "D",
            DurationText.of(TcpSettings.DEFAULT.idleTimeout()),
            DurationText::parse,
            "a TCP relay with no byte in either direction for so long is closed; 0 = never");

    private static final Option<Duration> UDP_TIMEOUT = Option.of(
            "--udp-timeout",
            "D",
            DurationText.of(UdpSettings.DEFAULT.timeout()),
            ValueParsers::positive,
            "a UDP flow with no datagram in either direction for so long is closed");

    private static final Option<Duration> PORT_LINGER = Option.of(
            "--port-linger",
            "D",
            DurationText.of(RelaySettings.DEFAULT.portLinger()),
            DurationText::parse,
            "a relay port stays bound for so long when its last component has left");

    private static final Option<Integer> MAX_CONNECTIONS = Option.optional(
            "--max-connections",
            "N",
            "half the descriptor budget",
            ValueParsers::count,
            "TCP relays open at once, over all ports");

    private static final Option<Integer> MAX_UDP_FLOWS = Option.optional(
            "--max-udp-flows",
            "N",
            "the descriptor budget",
            ValueParsers::count,
            "UDP flows open at once; the least recently used one makes room");

    private static final Option<Boolean> UDP_PER_ADDRESS = Option.flag(
            "--udp-per-address",
            "bind UDP relay ports at each address of this machine, so that answers leave from the one asked");

    private static final Option<List<AddressRange>> ACCEPT_PROXY = Option.optional(
            "--accept-proxy",
            "CIDRS",
            "none",
            ValueParsers::ranges,
            "balancers in front, whose TCP connections begin with a PROXY header, v1 or v2");

    private static final Option<Boolean> SPLICE = Option.of(
            "--splice",
            "MODE",
            "auto",
            ValueParsers::splice,
            "TCP streams are moved within the kernel where it can (auto), or always copied (off)");

    /** Where and how relay ports are bound; these and the next are in the help's order. */
    static final List<Option<?>> WHERE = List.of(VIRTUAL_ADDRESS, REUSE_PORT);

    static final List<Option<?>> TIMEOUTS = List.of(CONNECT_TIMEOUT, QUEUE_TIMEOUT, IDLE_TIMEOUT, UDP_TIMEOUT);

    static final List<Option<?>> OTHERS =
            List.of(PORT_LINGER, MAX_CONNECTIONS, MAX_UDP_FLOWS, UDP_PER_ADDRESS, ACCEPT_PROXY, SPLICE);

    private RelayOptions() {}

    /**
     * What they say.
     *
     * @param drainTimeout what {@code --drain-timeout} says
     * @throws BadArgument when a value is none, or two don't go together
     */
    static RelaySettings settings(Values values, BindAddress bindAddress, Duration drainTimeout) throws BadArgument {
        PortSettings ports =
                new PortSettings(bindAddress, values.find(VIRTUAL_ADDRESS, List.of()), values.get(REUSE_PORT));
        Duration portLinger = values.get(PORT_LINGER);
        if (ports.shared() && !portLinger.isZero()) {
            throw new BadArgument("--port-linger and --reuse-port do not go together:"
                    + " a port without components would take its share of the clients and refuse them");
        }
        TcpSettings tcp = new TcpSettings(
                values.get(CONNECT_TIMEOUT),
                values.get(QUEUE_TIMEOUT),
                values.get(IDLE_TIMEOUT),
                drainTimeout,
                values.find(MAX_CONNECTIONS, TcpSettings.DEFAULT.maxConnections()),
                values.find(ACCEPT_PROXY, TcpSettings.DEFAULT.acceptProxy()),
                values.get(SPLICE));
        UdpSettings udp = new UdpSettings(
                values.get(UDP_TIMEOUT),
                values.find(MAX_UDP_FLOWS, UdpSettings.DEFAULT.maxFlows()),
                values.get(UDP_PER_ADDRESS));
        return new RelaySettings(ports, portLinger, tcp, udp);
    }
}
