package dev.lander.listing;

import dev.lander.registry.RelayPort;

/**
 * A TCP client's connection or a UDP flow that is open.
 *
 * @param client its address and port
 * @param component the name of the one that serves it or is tried; empty = none was found yet
 * @param ageMs since the connection was accepted, or the client's first datagram came, in milliseconds
 */
public record OpenRelay(RelayPort relayPort, String client, String component, long ageMs, Progress progress) {}
