package dev.lander.sockets;

import java.io.Closeable;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/** Closing without a fault. */
public final class Channels {
    private Channels() {}

    /** The family of the sockets that reach this address, or are bound to it. */
    public static StandardProtocolFamily familyOf(InetAddress address) {
        return address instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    /** Closes the channel; that it can't be closed properly changes nothing for anybody. */
    public static void close(Closeable channel) {
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // Nothing is left to close.
        }
    }

    /** Closes by a reset instead of an orderly end; what was not delivered yet is discarded. */
    public static void reset(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException alreadyGone) {
            // Then it needs no reset.
        }
        close(channel);
    }
}
