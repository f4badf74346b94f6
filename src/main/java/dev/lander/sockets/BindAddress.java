package dev.lander.sockets;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where sockets are bound. One of IPv4, {@code 0.0.0.0} as well, leaves IPv6 alone; without any, both are served.
 *
 * @param host null = any address of any family
 */
public record BindAddress(@Nullable InetAddress host) {
    /** Any address of any family. */
    public static final BindAddress ANY = new BindAddress(null);

    /** With a port. */
    public InetSocketAddress withPort(int port) {
        return host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }
}
