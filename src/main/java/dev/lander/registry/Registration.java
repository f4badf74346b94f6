package dev.lander.registry;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A component's wish to serve behind a relay port. Its address is the control connection's, unless it names another.
 *
 * @param relayPort the port that Lander binds
 * @param port the component's own port, 1 to 65535
 * @param traits the component's own fields
 * @param terms the service's fields
 * @param host the component's address; null = the control connection's
 */
public record Registration(
        RelayPort relayPort,
        int port,
        ComponentTraits traits,
        ServiceTerms terms,
        @Nullable InetAddress host) {}
