package dev.lander.admin;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * What users can set about the admin page.
 *
 * @param address where it listens; port 0 = a free one
 * @param hostNames names by which browsers and others may ask for it, besides addresses and {@code localhost}
 */
public record AdminSettings(InetSocketAddress address, List<String> hostNames) {}
