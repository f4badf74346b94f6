package dev.lander.sockets;

import java.net.Inet4Address;
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

    /**
     * Whether a socket that is bound here takes what is sent to this address, if it is this machine's. One at the IPv6
     * address that stands for all takes what is sent to those of IPv4 as well.
     */
    public boolean covers(InetAddress address) {
        if (host == null || !host.isAnyLocalAddress()) {
            return host == null || address.equals(host);
        }
        return !(host instanceof Inet4Address) || address instanceof Inet4Address;
    }

    /** With a port. */
    public InetSocketAddress withPort(int port) {
        return host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }
}
