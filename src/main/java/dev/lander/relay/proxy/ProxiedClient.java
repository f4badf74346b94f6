package dev.lander.relay.proxy;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A client that a balancer in front has named by a PROXY header.
 *
 * @param address the client's; the balancer's own where its header names nobody
 * @param asked where the client has connected to
 * @param early what came behind the header in the same reads, to be relayed first
 */
public record ProxiedClient(InetSocketAddress address, InetSocketAddress asked, ByteBuffer early) {}
