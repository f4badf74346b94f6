package dev.lander.sockets;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Where sockets are bound. One of IPv4, {@code 0.0.0.0} as well, leaves IPv6 alone; without any, both are served.
 *
 * @param host null = any address of any family
 */
public record BindAddress(@Nullable InetAddress host) {
    /** With a port. */
    public InetSocketAddress withPort(int port) {
        return host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }

    /** A socket to listen with, not bound yet. */
    public ServerSocketChannel openListener() throws IOException {
        return host == null ? ServerSocketChannel.open() : ServerSocketChannel.open(Channels.familyOf(host));
    }

    /** A socket for datagrams, not bound yet. */
    public DatagramChannel openForDatagrams() throws IOException {
        return host == null ? DatagramChannel.open() : DatagramChannel.open(Channels.familyOf(host));
    }
}
