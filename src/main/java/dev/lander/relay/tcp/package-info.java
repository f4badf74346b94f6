/**
 * TCP relays: accepting clients, connecting to components with retries, and passing bytes on in two directions.
 *
 * <p>May import {@code relay}, {@code relay.proxy}, {@code relay.tls} and the ground floor; never {@code relay.udp}.
 *
 * <p>All state belongs to the reactor's thread.
 */
@NullMarked
package dev.lander.relay.tcp;

import org.jspecify.annotations.NullMarked;
