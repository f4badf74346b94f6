/**
 * Hostile input on the control channel: {@link dev.lander.fuzz.HostileBytesTest} feeds it to the decoder, a million
 * times with {@code make fuzz}; {@link dev.lander.fuzz.HostilePeersTest} sends it over real connections.
 */
@NullMarked
package dev.lander.fuzz;

import org.jspecify.annotations.NullMarked;
