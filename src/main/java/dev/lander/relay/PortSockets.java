package dev.lander.relay;

import dev.lander.reactor.Acceptor;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.Channels;
import dev.lander.sockets.Sockets;
import dev.lander.text.AddressText;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;

/** Binds the sockets of relay ports as users want them. */
public final class PortSockets {
    /** Asked of the system for UDP relay sockets, which gives what it allows: bursts wait there. */
    private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;

    private final Sockets sockets;
    private final PortSettings ports;

    /** Binds them like this. */
    public PortSockets(Sockets sockets, PortSettings ports) {
        this.sockets = sockets;
        this.ports = ports;
    }

    /** Where and how they are bound. */
    public PortSettings settings() {
        return ports;
    }

    /**
     * A listening socket, non-blocking.
     *
     * @throws IOException when the system refuses, with its reason and what helps
     */
    public ServerSocketChannel listen(BindAddress where, int port) throws IOException {
        ServerSocketChannel listener = sockets.openListener(where.host());
        try {
            listener.configureBlocking(false);
            share(listener);
            listener.bind(where.withPort(port), Acceptor.BACKLOG);
            return listener;
        } catch (IOException refused) {
            Channels.close(listener);
            throw explained(where.host(), refused);
        }
    }

    /**
     * A socket for a port's datagrams, non-blocking. Never with SO_REUSEADDR: another program could take the port's
     * traffic silently.
     *
     * @throws IOException when the system refuses, with its reason and what helps
     */
    public DatagramChannel receive(InetSocketAddress address, @Nullable InetAddress host) throws IOException {
        DatagramChannel channel = sockets.openForDatagrams(host);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            share(channel);
            channel.bind(address);
            return channel;
        } catch (IOException refused) {
            Channels.close(channel);
            throw explained(host, refused);
        }
    }

    /**
     * Tries what ports will need at every virtual address, without a port.
     *
     * @throws IOException when the system refuses; the message is for users
     */
    public void check() throws IOException {
        if (ports.shared()) {
            receive(ports.address().withPort(0), ports.address().host()).close();
        }
        for (InetAddress each : ports.virtualAddresses()) {
            try {
                receive(new InetSocketAddress(each, 0), each).close();
            } catch (IOException refused) {
                throw new IOException(
                        "--virtual-address " + AddressText.host(each) + ": " + refused.getMessage(), refused);
            }
        }
    }

    /**
     * Whether this refusal is that the address is none of this machine's, or can't be used yet, as one of IPv6 that is
     * being checked for duplicates. Java tells this apart only in the text, which is the system's.
     */
    public static boolean isNoAddressYet(IOException refused) {
        return refused instanceof BindException
                && String.valueOf(refused.getMessage()).contains("assign requested address");
    }

    private void share(NetworkChannel socket) throws IOException {
        if (!ports.shared()) {
            return;
        }
        if (!socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
            throw new IOException("--reuse-port: this system has no SO_REUSEPORT");
        }
        socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    }

    private IOException explained(@Nullable InetAddress host, IOException refused) {
        String hint = hint(host, refused);
        if (hint.isEmpty()) {
            return refused;
        }
        BindException explained = new BindException(refused.getMessage() + hint);
        explained.initCause(refused);
        return explained;
    }

    /** What to do about a refusal that is not plain by itself. */
    private String hint(@Nullable InetAddress host, IOException refused) {
        if (ports.shared() && String.valueOf(refused.getMessage()).contains("already in use")) {
            return " (--reuse-port shares a port only with processes that have it, too, and run as the same user)";
        }
        if (host != null && ports.virtualAddresses().contains(host) && isNoAddressYet(refused)) {
            String family = host instanceof Inet4Address ? "ipv4" : "ipv6";
            return " (an address that this machine has not yet needs net." + family + ".ip_nonlocal_bind=1)";
        }
        return "";
    }
}
