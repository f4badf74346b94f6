/**
 * Who else is in the cluster, and how messages get there: JGroups, over connections whose both ends have proved that
 * they have the cluster's key before it sees a byte of them.
 *
 * <p>JGroups has threads of its own; what they hear reaches the loop by {@link dev.lander.reactor.Reactor#execute}. May
 * import the cluster room, {@code text} and {@code reactor}. Nothing of it is loaded without {@code --cluster}.
 */
@NullMarked
package dev.lander.cluster.members;

import org.jspecify.annotations.NullMarked;
