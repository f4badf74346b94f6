/**
 * The control channel: bytes to frames, frames to commands, commands to registry calls, replies; and the sending of
 * health checks and drain progress.
 *
 * <p>May import {@code address}, {@code reactor}, {@code registry} and {@code metrics}; never {@code relay}. Only
 * {@link dev.lander.control.CommandCodec} knows msgpack's library, and only {@link dev.lander.control.TlsStream} that
 * for TLS.
 *
 * <p>All state belongs to the reactor's thread.
 */
@NullMarked
package dev.lander.control;

import org.jspecify.annotations.NullMarked;
