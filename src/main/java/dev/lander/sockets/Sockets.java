package dev.lander.sockets;

import dev.lander.kernel.PipeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketOption;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens every channel and the selector of a Lander, all by one provider: the system's, or in tests one of a simulated
 * network.
 */
public final class Sockets {
    /** The JDK's, which it lists among a channel's options without a name in its interface. */
    private static final String URGENT_IN_LINE = "SO_OOBINLINE";

    private final SelectorProvider provider;

    /** Null when there are no pipes for these sockets. */
    private final @Nullable PipeSource pipes;

    private final Interfaces interfaces;

    /** Null until it is first asked for, and when the provider has none. */
    private @Nullable SocketOption<Boolean> urgentInLine;

    /**
     * Opens by this provider.
     *
     * @param pipes for its sockets; null = there are none
     * @param interfaces of the machine that its sockets are on
     */
    public Sockets(SelectorProvider provider, @Nullable PipeSource pipes, Interfaces interfaces) {
        this.provider = provider;
        this.pipes = pipes;
        this.interfaces = interfaces;
    }

    /** Opens the system's own. */
    public static Sockets ofSystem() {
        return withPipes(PipeSource.ofSystem());
    }

    /** Opens the system's own, with other pipes. */
    public static Sockets withPipes(PipeSource pipes) {
        return new Sockets(SelectorProvider.provider(), pipes, Interfaces.ofSystem());
    }

    /** Pipes by which bytes are moved between these sockets within the system; empty when there are none for them. */
    public Optional<PipeSource> pipes() {
        return Optional.ofNullable(pipes);
    }

    /** The interfaces of the machine that the sockets are on. */
    public Interfaces interfaces() {
        return interfaces;
    }

    /**
     * A selector, for channels of this provider only. It comes before all else, and so a channel is closed here: the
     * JDK needs a descriptor for its first close, and when there is none then, every close fails ever after.
     *
     * @throws IOException when the system refuses
     */
    public Selector openSelector() throws IOException {
        provider.openServerSocketChannel().close();
        return provider.openSelector();
    }

    /**
     * A socket to connect to this peer, not connected yet.
     *
     * @throws IOException when the system refuses
     */
    public SocketChannel openConnection(InetAddress peer) throws IOException {
        return provider.openSocketChannel(Channels.familyOf(peer));
    }

    /**
     * Leaves the peer's urgent data (RFC 6093) in the stream, where the system would take it out. To be called before
     * the first read.
     *
     * @throws IOException when the connection is gone already
     */
    public void keepUrgentDataInLine(SocketChannel connection) throws IOException {
        if (urgentInLine == null) {
            urgentInLine = urgentInLine(connection);
        }
        if (urgentInLine != null) {
            connection.setOption(urgentInLine, true);
        }
    }

    @SuppressWarnings("unchecked") // of this type since there is such an option
    private static @Nullable SocketOption<Boolean> urgentInLine(SocketChannel connection) {
        for (SocketOption<?> option : connection.supportedOptions()) {
            if (option.name().equals(URGENT_IN_LINE) && option.type() == Boolean.class) {
                return (SocketOption<Boolean>) option;
            }
        }
        return null;
    }

    /**
     * A socket to listen with, not bound yet.
     *
     * @param host where it is going to be bound; null = any address
     * @throws IOException when the system refuses
     */
    public ServerSocketChannel openListener(@Nullable InetAddress host) throws IOException {
        return host == null
                ? provider.openServerSocketChannel()
                : provider.openServerSocketChannel(Channels.familyOf(host));
    }

    /**
     * A socket for datagrams, neither bound nor connected yet.
     *
     * @param host where it is going to be bound, or connected to; null = any address
     * @throws IOException when the system refuses
     */
    public DatagramChannel openForDatagrams(@Nullable InetAddress host) throws IOException {
        return host == null ? provider.openDatagramChannel() : provider.openDatagramChannel(Channels.familyOf(host));
    }
}
