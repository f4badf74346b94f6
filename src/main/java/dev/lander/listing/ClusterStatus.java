package dev.lander.listing;

import java.util.List;

/**
 * The Landers that share what is registered with any of them, as one of them sees them at one moment.
 *
 * @param joining whether what is registered with the others has not come yet
 * @param members this one first
 * @param orphans components that are served though no Lander that is reached has them
 * @param lost how often a member was lost that had not said that it ends, since the start
 */
public record ClusterStatus(boolean joining, List<MemberStatus> members, int orphans, long lost) {}
