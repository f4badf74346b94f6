/**
 * What is open, to be listed: the values that {@code relay} fills in, and that {@code control} and {@code admin} write,
 * neither of which sees {@code relay}'s own.
 *
 * <p>May import {@code text}, {@code reactor} and {@code registry}.
 *
 * <p>The values are immutable, so they may be handed to any thread; {@link dev.lander.listing.OpenRelays} belongs to
 * the reactor's.
 */
@NullMarked
package dev.lander.listing;

import org.jspecify.annotations.NullMarked;
