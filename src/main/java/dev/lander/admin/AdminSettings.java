package dev.lander.admin;

import java.net.InetSocketAddress;

/**
 * What users can set about the admin page.
 *
 * @param address where it listens; port 0 = a free one
 */
public record AdminSettings(InetSocketAddress address) {}
