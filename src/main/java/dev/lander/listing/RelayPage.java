package dev.lander.listing;

import java.util.List;

/**
 * Some of what is open. What stays open while all pages are asked for is in exactly one of them.
 *
 * @param next where the next page begins; 0 = this is the last
 */
public record RelayPage(List<OpenRelay> relays, int next) {}
