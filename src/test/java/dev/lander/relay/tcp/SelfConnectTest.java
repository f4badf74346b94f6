package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.RelayRig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/**
 * A socket that connects to a free port of its own machine may be given that very port, and is then connected to
 * itself: TCP's simultaneous open. It would echo what a client sends.
 */
final class SelfConnectTest {
    /** Within the range from which Linux gives ports by itself; connecting sockets get the even ones first. */
    private static final int FIRST_PORT = 40_000;

    /** Linux gives ports in ascending order, but skips some at random: about every fifth approach meets the port. */
    private static final int MOST_APPROACHES = 300;

    private static final int NEAR = 60;
    private static final int TRIES = 12;

    @Test
    void upstreamConnectionToItselfIsNone() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            InetSocketAddress component = freeEvenPort();
            rig.register("tcp", component.getPort());
            for (int approach = 0; comeNear(component); approach++) {
                assertTrue(approach < MOST_APPROACHES, "the port was never met");
                for (int i = 0; i < TRIES; i++) {
                    assertNotEchoed(rig);
                }
            }
            assertEquals(0, rig.sum("total"));
            assertEquals(0, rig.sum("bytes_in"));
            assertEquals("unreachable", rig.state("tcp", component.getPort()));
        }
    }

    /**
     * Connects to the port over and over, until the system is about to give that very port. False when the port is not
     * free any more: the system remembers for a while that it was connected, and that was to itself.
     */
    private static boolean comeNear(InetSocketAddress target) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(target);
            while (!isNear(target, listener)) {
                // and on to the next
            }
            return true;
        } catch (BindException taken) {
            return false;
        }
    }

    /** Whether the port that the system gives to a connecting socket is a little less than the target. */
    private static boolean isNear(InetSocketAddress target, ServerSocketChannel listener) throws IOException {
        try (SocketChannel connection = SocketChannel.open(target);
                SocketChannel accepted = listener.accept()) {
            connection.setOption(StandardSocketOptions.SO_LINGER, 0); // leaves the port free
            accepted.setOption(StandardSocketOptions.SO_LINGER, 0);
            int given = ((InetSocketAddress) connection.getLocalAddress()).getPort();
            return given < target.getPort() && target.getPort() - given < NEAR;
        }
    }

    private static void assertNotEchoed(RelayRig rig) throws IOException {
        try (Socket client = new Socket(rig.address().getAddress(), rig.port())) {
            client.getOutputStream().write(1);
            client.shutdownOutput();
            assertEquals(-1, client.getInputStream().read());
        } catch (SocketException reset) {
            // closed as well
        }
    }

    private static InetSocketAddress freeEvenPort() throws IOException {
        for (int port = FIRST_PORT; ; port += 2) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            try (ServerSocketChannel listener = ServerSocketChannel.open()) {
                return (InetSocketAddress) listener.bind(address).getLocalAddress();
            } catch (BindException taken) {
                // and on to the next
            }
        }
    }
}
