package dev.lander.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

class KeepAliveTest {
    @Test
    void aSilentPeerIsProbedAfterAMinuteThreeTimesTenSecondsApart() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel client = SocketChannel.open(listener.getLocalAddress());
                    SocketChannel accepted = listener.accept()) {
                assertFalse(accepted.getOption(StandardSocketOptions.SO_KEEPALIVE));

                KeepAlive.enable(accepted);

                assertTrue(accepted.getOption(StandardSocketOptions.SO_KEEPALIVE));
                assertEquals(60, accepted.getOption(ExtendedSocketOptions.TCP_KEEPIDLE));
                assertEquals(10, accepted.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL));
                assertEquals(3, accepted.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT));
                assertFalse(client.getOption(StandardSocketOptions.SO_KEEPALIVE));
            }
        }
    }

    @Test
    void aClosedConnectionIsRefused() throws IOException {
        SocketChannel closed = SocketChannel.open();
        closed.close();
        assertThrows(IOException.class, () -> KeepAlive.enable(closed));
    }
}
