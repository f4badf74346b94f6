/**
 * What several Landers share: each tells the others what is registered with it, and serves what any of them holds.
 *
 * <p>The state is the loop's. May import the rooms of floor 0.
 */
@NullMarked
package dev.lander.cluster;

import org.jspecify.annotations.NullMarked;
