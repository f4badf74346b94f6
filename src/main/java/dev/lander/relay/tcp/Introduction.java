package dev.lander.relay.tcp;

import dev.lander.relay.proxy.ProxiedClient;
import dev.lander.relay.tls.ClientHello;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a client before a component is chosen, where a port or a balancer in front made it known.
 *
 * @param asked where the client has connected to; null = to Lander itself
 * @param early what it has sent already, to be relayed first
 * @param hello what it asks for by its first message of TLS, or has asked a balancer in front for; null = it is not
 *     known
 * @param tlsGranted as a client of PostgreSQL it has asked for TLS before, and was told to begin: its component is to
 *     be asked in the same way
 */
record Introduction(
        @Nullable InetSocketAddress asked,
        ByteBuffer early,
        @Nullable ClientHello hello,
        boolean tlsGranted) {
    /** Of a client that a balancer in front has named. */
    static Introduction of(ProxiedClient told) {
        return new Introduction(told.asked(), told.early(), told.hello(), false);
    }
}
