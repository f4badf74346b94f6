package dev.lander.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lander.registry.State;
import dev.lander.testing.TcpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** A connect that this machine can't make is nobody's failure: the next component is tried. */
final class OwnFaultTest {
    private static final long PLENTY = 1L << 30;

    /** No connection can be made to the broadcast address: the system refuses even to try. */
    private final InetSocketAddress impossible =
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {-1, -1, -1, -1}), 80);

    OwnFaultTest() throws Exception {}

    @Test
    void systemRefusesToTry() {
        assertThrows(SocketException.class, () -> SocketChannel.open(impossible));
    }

    @Test
    void componentIsNotBlamedAndTheClientIsServedByAnother() throws Exception {
        try (TcpServer teller = TcpServer.tellingItsPort();
                TcpRoom room = new TcpRoom(new SpillBuffers(PLENTY))) {
            room.register(impossible);
            room.register(new InetSocketAddress(InetAddress.getLoopbackAddress(), teller.port()));
            for (int i = 0; i < 10; i++) {
                assertEquals(Integer.toString(teller.port()), ask(room));
            }
            assertEquals(State.GOOD, room.components().get(0).state());
            assertEquals(0, room.components().get(0).failures());
            assertEquals(0, room.components().get(0).active());
        }
    }

    @Test
    void clientIsClosedWhenNobodyElseIsThere() throws Exception {
        try (TcpRoom room = new TcpRoom(new SpillBuffers(PLENTY))) {
            room.register(impossible);
            for (int i = 0; i < 5; i++) {
                assertEquals("", ask(room));
            }
            assertEquals(State.GOOD, room.components().get(0).state());
        }
    }

    private static String ask(TcpRoom room) throws Exception {
        try (Socket client =
                new Socket(room.address().getAddress(), room.address().getPort())) {
            client.setSoTimeout(10_000);
            return Received.from(client).text();
        }
    }
}
