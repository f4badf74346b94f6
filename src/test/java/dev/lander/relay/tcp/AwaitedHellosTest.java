package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.metrics.Counter;
import dev.lander.registry.Route;
import dev.lander.relay.tls.Hellos;
import dev.lander.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients whose first message has not come: what they cost all together, and when memory is short for others. */
@Timeout(60)
final class AwaitedHellosTest {
    private static final int TIMEOUT_MS = 10_000;
    private static final long BUDGET = 256 * 1024;

    private static final Route ROUTE = Route.of(List.of("a.example"), List.of());

    /** As long as a hello may be: longer than one read while memory is short. */
    private static byte[] longHello() {
        byte[] name = Hellos.serverName("a.example");
        int rest = 16 * 1024 - Hellos.body(Hellos.extensions(name)).length - 4;
        byte[] keys = Hellos.extension(51, new byte[rest]);
        return Hellos.records(Hellos.message(Hellos.body(Hellos.extensions(keys, name))), 8_000);
    }

    @Test
    void helloThatIsLongerThanTheRoomLeftIsRelayedAll() throws Exception {
        try (ServerSocket component = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
                TcpRoom room = new TcpRoom(new SpillBuffers(4 * BUDGET))) {
            room.register((InetSocketAddress) component.getLocalSocketAddress(), ROUTE);
            room.takeSpills((int) BUDGET);
            byte[] sent = Hellos.join(longHello(), new byte[2_000]);
            try (Socket client = connect(room)) {
                client.getOutputStream().write(sent);
                try (Socket served = component.accept()) {
                    served.setSoTimeout(TIMEOUT_MS);
                    assertArrayEquals(sent, served.getInputStream().readNBytes(sent.length));
                }
            }
        }
    }

    @Test
    void togetherTheyHoldNoMoreThanTheirPartOfTheSpills() throws Exception {
        try (ServerSocket component = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
                TcpRoom room = new TcpRoom(new SpillBuffers(4 * BUDGET))) {
            room.register((InetSocketAddress) component.getLocalSocketAddress(), ROUTE);
            byte[] hello = longHello();
            List<Socket> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 8; i++) {
                    Socket client = connect(room);
                    clients.add(client);
                    client.getOutputStream().write(hello, 0, hello.length - 1);
                }
                Await.until("some are closed", () -> room.counted(Counter.CLIENT_HELLO_MEMORY) >= 4);
                for (Socket client : clients) {
                    client.close();
                }
                Await.until("all have left", () -> room.taken() == 0);
                assertEquals(8, room.counted(Counter.CLIENT_HELLO_MEMORY) + room.counted(Counter.CLIENT_HELLO_MISSING));
                try (Socket client = connect(room)) {
                    client.getOutputStream().write(hello);
                    try (Socket served = component.accept()) {
                        served.setSoTimeout(TIMEOUT_MS);
                        assertArrayEquals(
                                hello, served.getInputStream().readNBytes(hello.length), "there is room again");
                    }
                }
            } finally {
                for (Socket client : clients) {
                    client.close();
                }
            }
        }
    }

    @Test
    void aCutEndsThemAtOnce() throws Exception {
        try (ServerSocket component = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
                TcpRoom room = new TcpRoom(new SpillBuffers(4 * BUDGET));
                Socket client = connectTo(room, component)) {
            client.getOutputStream().write(longHello(), 0, 100);
            Await.until("it was accepted", () -> room.taken() == 1);
            room.turn();
            room.cut();
            assertEquals(-1, client.getInputStream().read());
            assertEquals(1, room.counted(Counter.CLIENT_ENDING));
            assertEquals(0, room.taken());
        }
    }

    private static Socket connectTo(TcpRoom room, ServerSocket component) throws Exception {
        room.register((InetSocketAddress) component.getLocalSocketAddress(), ROUTE);
        return connect(room);
    }

    private static Socket connect(TcpRoom room) throws IOException {
        Socket client = new Socket(room.address().getAddress(), room.address().getPort());
        client.setSoTimeout(TIMEOUT_MS);
        return client;
    }
}
