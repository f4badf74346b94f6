/**
 * What goes over a control connection: bytes to frames, frames to commands, replies and messages to bytes.
 *
 * <p>May import {@code text}, and the registry's values that commands are made of; no connection, reactor or channel.
 * Only {@link dev.lander.control.wire.CommandCodec} knows msgpack's library.
 */
@NullMarked
package dev.lander.control.wire;

import org.jspecify.annotations.NullMarked;
