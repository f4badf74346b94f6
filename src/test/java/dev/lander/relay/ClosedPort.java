package dev.lander.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/** A TCP port that refuses: nobody listens, and nobody else can take it meanwhile. */
public final class ClosedPort implements AutoCloseable {
    private final SocketChannel holder = SocketChannel.open();

    public ClosedPort() throws IOException {
        holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    public int port() throws IOException {
        return ((InetSocketAddress) holder.getLocalAddress()).getPort();
    }

    @Override
    public void close() throws IOException {
        holder.close();
    }
}
