package dev.lander.listing;

/**
 * All that can be listed. Only for the reactor's thread.
 *
 * @param registered services and components
 * @param open relays and flows
 * @param cluster the other Landers
 */
public record Listings(Snapshots registered, OpenRelays open, ClusterView cluster) {}
