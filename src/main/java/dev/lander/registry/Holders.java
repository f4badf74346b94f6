package dev.lander.registry;

import java.util.List;

/**
 * The Landers of a cluster with which a component is registered.
 *
 * @param members the names of those that are reached; empty = it is an orphan
 * @param orphanSinceMs since when none of them is reached, in milliseconds since 1970; 0 = one is
 */
public record Holders(List<String> members, long orphanSinceMs) {}
