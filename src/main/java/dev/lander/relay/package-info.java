/**
 * Relaying: TCP relays, each a pair of directions, and UDP flows; connecting with retries; the PROXY header; spill
 * buffers. {@link dev.lander.relay.RelayPorts} binds relay ports for the registry.
 *
 * <p>May import {@code address}, {@code reactor}, {@code registry} and {@code metrics}; never {@code control}.
 *
 * <p>All state belongs to the reactor's thread.
 */
@NullMarked
package dev.lander.relay;

import org.jspecify.annotations.NullMarked;
