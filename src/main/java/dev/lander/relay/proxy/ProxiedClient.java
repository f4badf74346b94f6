package dev.lander.relay.proxy;

import dev.lander.relay.tls.ClientHello;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A client that a balancer in front has named by a PROXY header.
 *
 * @param address the client's; the balancer's own where its header names nobody
 * @param asked where the client has connected to
 * @param hello what the client has asked the balancer for, which has ended its TLS; null = the header does not say
 * @param early what came behind the header in the same reads, to be relayed first
 */
public record ProxiedClient(
        InetSocketAddress address,
        InetSocketAddress asked,
        @Nullable ClientHello hello,
        ByteBuffer early) {}
