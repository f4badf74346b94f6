/**
 * UDP flows: which component gets a client's datagram, and how the answers find their client.
 *
 * <p>May import {@code relay}, {@code relay.proxy} and the ground floor; never {@code relay.tcp}.
 *
 * <p>All state belongs to the reactor's thread.
 */
@NullMarked
package dev.lander.relay.udp;

import org.jspecify.annotations.NullMarked;
