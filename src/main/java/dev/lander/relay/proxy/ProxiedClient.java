package dev.lander.relay.proxy;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A client of whom a balancer in front has told by a PROXY header.
 *
 * @param address the client's; the balancer's own where its header names nobody
 * @param asked where the client has connected to
 * @param early what came behind the header in the same reads, to be relayed first
 * @param acceptedNs when the balancer's connection was accepted, in the loop's time
 */
public record ProxiedClient(InetSocketAddress address, InetSocketAddress asked, ByteBuffer early, long acceptedNs) {}
