/**
 * What is registered and what is open, to be listed: the values that {@code control} and {@code admin} write, neither
 * of which sees {@code relay}'s own, and who answers with them within bounds of the work of a turn.
 *
 * <p>May import {@code text}, {@code reactor} and {@code registry}.
 *
 * <p>The values are immutable, so they may be handed to any thread; {@link dev.lander.listing.OpenRelays} and
 * {@link dev.lander.listing.Snapshots} belong to the reactor's.
 */
@NullMarked
package dev.lander.listing;

import org.jspecify.annotations.NullMarked;
