package dev.lander.sockets;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/** TCP keep-alive, by which a peer is found out that vanished without a word. */
public final class KeepAlive {
    private static final int IDLE_S = 60;
    private static final int INTERVAL_S = 10;
    private static final int PROBES = 3;

    private KeepAlive() {}

    /**
     * Probes the connection when nothing has come for a minute; a peer that leaves three probes, ten seconds apart,
     * without an answer is gone.
     *
     * @throws IOException when the connection is gone already
     */
    public static void enable(SocketChannel channel) throws IOException {
        // First, since it starts the time anew, while the idle time takes what has passed into account.
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_S);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_S);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    }
}
