package dev.lander.control.wire;

import static dev.lander.control.wire.CommandFields.Field.AFTER;
import static dev.lander.control.wire.CommandFields.Field.BACKUP;
import static dev.lander.control.wire.CommandFields.Field.CMD;
import static dev.lander.control.wire.CommandFields.Field.COMPONENT;
import static dev.lander.control.wire.CommandFields.Field.HOST;
import static dev.lander.control.wire.CommandFields.Field.MAX_BYTES_PER_SECOND;
import static dev.lander.control.wire.CommandFields.Field.MAX_CONNECTIONS;
import static dev.lander.control.wire.CommandFields.Field.MAX_DURATION;
import static dev.lander.control.wire.CommandFields.Field.METRICS_PORT;
import static dev.lander.control.wire.CommandFields.Field.NAME;
import static dev.lander.control.wire.CommandFields.Field.PORT;
import static dev.lander.control.wire.CommandFields.Field.PRIORITY;
import static dev.lander.control.wire.CommandFields.Field.PROTOCOL;
import static dev.lander.control.wire.CommandFields.Field.PROXY_PROTOCOL;
import static dev.lander.control.wire.CommandFields.Field.RELAY_PORT;
import static dev.lander.control.wire.CommandFields.Field.SLOW_START;
import static dev.lander.control.wire.CommandFields.Field.STATE;
import static dev.lander.control.wire.CommandFields.Field.TOKEN;
import static dev.lander.control.wire.CommandFields.Field.WEIGHT;

import dev.lander.control.wire.CommandFields.Field;
import dev.lander.listing.RelayQuery;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.registry.Registration;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Route;
import dev.lander.registry.ServiceTerms;
import dev.lander.text.AddressRange;
import dev.lander.text.PortRanges;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes a command of a message's fields.
 *
 * <p>All fields of a command are checked before the protocol's name: a wrong field is error 1 even where the protocol
 * would be error 6.
 */
final class CommandReader {
    private static final int MAX_NAME = 255;

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);

    private final CommandFields fields;
    private final RouteReader routes;
    private final boolean portsSwapped;

    /**
     * @param fields the message's
     * @param portsSwapped a register's {@code port} and {@code relay_port} mean each other, as with the original's
     *     clients
     */
    CommandReader(CommandFields fields, boolean portsSwapped) {
        this.fields = fields;
        this.routes = new RouteReader(fields);
        this.portsSwapped = portsSwapped;
    }

    Command read() throws Refusal {
        String cmd = fields.text(CMD, "a string");
        return switch (cmd) {
            case "register" -> register();
            case "unregister" -> unregister();
            case "healthcheck" -> healthCheck();
            case "drain" -> drain();
            case "undrain" -> undrain();
            case "status" -> status();
            case "relays" -> relays();
            default ->
                throw fields.refusal(
                        ErrorCode.INVALID_COMMAND,
                        CMD,
                        "register, unregister, healthcheck, drain, undrain, status or relays");
        };
    }

    private Command register() throws Refusal {
        String protocolName = protocolName();
        int port = port(portsSwapped ? RELAY_PORT : PORT);
        int relayPort = port(portsSwapped ? PORT : RELAY_PORT);
        ComponentTraits traits = traits();
        ServiceTerms terms = new TermsReader(fields).read();
        InetAddress host = hostOfOne();
        Route route = routes.read();
        TermsReader.checkPreamble(terms, route);
        String token = token();
        Protocol protocol = protocol(protocolName);
        if (protocol == Protocol.UDP && traits.proxyProtocol() == ProxyProtocol.V1) {
            throw fields.refusal(PROXY_PROTOCOL, "v2, v2-each or none on UDP");
        }
        if (protocol == Protocol.TCP && traits.proxyProtocol() == ProxyProtocol.V2_EACH) {
            throw fields.refusal(PROXY_PROTOCOL, "v1, v2 or none on TCP");
        }
        routes.checkProtocol(route, protocol);
        ComponentTraits effective = protocol == Protocol.TCP ? traits : traits.withoutRelayLimits();
        return new Command.Register(
                new Registration(new RelayPort(protocol, relayPort, route), port, effective, terms, host), token);
    }

    private ComponentTraits traits() throws Refusal {
        ComponentTraits usual = ComponentTraits.DEFAULT;
        ProxyProtocol header = fields.choiceIfSent(PROXY_PROTOCOL, ProxyProtocol.values());
        Long slowStartNs = fields.durationNsIfSent(SLOW_START, Duration.ZERO);
        Long maxDurationNs = fields.durationNsIfSent(MAX_DURATION, SHORTEST_TIMEOUT);
        return new ComponentTraits(
                name(),
                fields.number(WEIGHT, 1, 256, usual.weight()),
                fields.number(MAX_CONNECTIONS, 1, Integer.MAX_VALUE, usual.maxConnections()),
                header == null ? usual.proxyProtocol() : header,
                slowStartNs == null ? usual.slowStartNs() : slowStartNs,
                priority(),
                fields.number(MAX_BYTES_PER_SECOND, 1, Integer.MAX_VALUE, usual.maxBytesPerSecond()),
                maxDurationNs == null ? usual.maxDurationNs() : maxDurationNs,
                fields.number(METRICS_PORT, 1, PortRanges.MAX_PORT, usual.metricsPort()));
    }

    /** A backup is what has priority 1, and so is said by one of the two fields. */
    private int priority() throws Refusal {
        Integer priority = fields.numberIfSent(PRIORITY, 0, ComponentTraits.LAST_PRIORITY);
        Boolean backup = fields.flagIfSent(BACKUP);
        if (backup == null) {
            return priority == null ? ComponentTraits.DEFAULT.priority() : priority;
        }
        if (priority != null) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, "priority and backup say the same, and must not be sent both");
        }
        return backup ? 1 : 0;
    }

    private Command unregister() throws Refusal {
        String protocolName = protocolName();
        int port = port(PORT);
        int relayPort = port(RELAY_PORT);
        InetAddress host = host();
        Route route = routes.read();
        return new Command.Unregister(new RelayPort(protocol(protocolName), relayPort, route), port, host);
    }

    private Command healthCheck() throws Refusal {
        String protocolName = protocolName();
        int relayPort = port(PORT);
        String state = fields.text(STATE, "a string");
        InetAddress host = host();
        return new Command.HealthCheck(new RelayPort(protocol(protocolName), relayPort), state.equals("good"), host);
    }

    private Command drain() throws Refusal {
        String protocolName = protocolName();
        int port = port(PORT);
        int relayPort = port(RELAY_PORT);
        InetAddress host = host();
        Route route = routes.read();
        String token = token();
        return new Command.Drain(new RelayPort(protocol(protocolName), relayPort, route), port, host, token);
    }

    private Command undrain() throws Refusal {
        String protocolName = protocolName();
        int port = port(PORT);
        int relayPort = port(RELAY_PORT);
        InetAddress host = host();
        if (host == null) {
            throw fields.refusal(HOST, "an address");
        }
        Route route = routes.read();
        String token = token();
        return new Command.Undrain(new RelayPort(protocol(protocolName), relayPort, route), port, host, token);
    }

    private Command status() throws Refusal {
        return new Command.Status(fields.number(RELAY_PORT, 1, PortRanges.MAX_PORT, 0));
    }

    private Command relays() throws Refusal {
        String protocolName = fields.textIfSent(PROTOCOL, "tcp or udp");
        int relayPort = fields.number(RELAY_PORT, 1, PortRanges.MAX_PORT, 0);
        String component = fields.textIfSent(COMPONENT, "a component's name, or its address and port");
        int after = fields.number(AFTER, 0, Integer.MAX_VALUE, 0);
        String token = token();
        Protocol protocol = protocolName == null ? null : protocol(protocolName);
        return new Command.Relays(new RelayQuery(protocol, relayPort, component, after), token);
    }

    private int port(Field field) throws Refusal {
        return fields.number(field, 1, PortRanges.MAX_PORT);
    }

    private @Nullable String name() throws Refusal {
        String allowed = "1 to 255 characters without control characters";
        String name = fields.textIfSent(NAME, allowed);
        if (name == null) {
            return null;
        }
        int length = name.codePointCount(0, name.length());
        if (length < 1 || length > MAX_NAME || name.codePoints().anyMatch(Character::isISOControl)) {
            throw fields.refusal(NAME, allowed);
        }
        return name;
    }

    /** An address that one machine has. */
    private @Nullable InetAddress hostOfOne() throws Refusal {
        InetAddress host = host();
        if (host != null && (host.isAnyLocalAddress() || host.isMulticastAddress())) {
            throw fields.refusal(HOST, "an address of one machine");
        }
        return host;
    }

    private @Nullable InetAddress host() throws Refusal {
        String allowed = "an address";
        String host = fields.textIfSent(HOST, allowed);
        try {
            return host == null ? null : AddressRange.parseAddress(host);
        } catch (IllegalArgumentException notAnAddress) {
            throw fields.refusal(HOST, allowed);
        }
    }

    private @Nullable String token() throws Refusal {
        return fields.textIfSent(TOKEN, "a string");
    }

    private String protocolName() throws Refusal {
        return fields.text(PROTOCOL, "tcp or udp");
    }

    private Protocol protocol(String name) throws Refusal {
        return switch (name) {
            case "tcp" -> Protocol.TCP;
            case "udp" -> Protocol.UDP;
            default -> throw fields.refusal(ErrorCode.INVALID_PROTOCOL, PROTOCOL, "tcp or udp");
        };
    }
}
