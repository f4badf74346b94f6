/**
 * Relay ports, and what TCP and UDP share of relaying. {@link dev.lander.relay.RelayPorts} binds relay ports for the
 * registry, by one {@link dev.lander.relay.PortOpener} for each protocol.
 *
 * <p>May import {@code text}, {@code kernel}, {@code sockets}, {@code reactor}, {@code registry} and {@code metrics};
 * never {@code control}, nor its own rooms {@code tcp}, {@code udp} and {@code proxy}.
 *
 * <p>All state belongs to the reactor's thread.
 */
@NullMarked
package dev.lander.relay;

import org.jspecify.annotations.NullMarked;
