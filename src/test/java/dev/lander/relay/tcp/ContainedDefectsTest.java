package dev.lander.relay.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.registry.ComponentTraits;
import dev.lander.registry.ProxyProtocol;
import dev.lander.relay.AccessLog;
import dev.lander.relay.Received;
import dev.lander.testing.Await;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Wherever a defect strikes, its connections end, all that they held is free, and the others are served. */
final class ContainedDefectsTest {
    private static final long PLENTY = 256L * 1024 * 1024;
    private static final int TIMEOUT_MS = 10_000;
    private static final Duration SHORT = Duration.ofMillis(200);

    /** How many calls are still to fail. */
    private final AtomicInteger failing = new AtomicInteger();

    private void fail() {
        if (failing.getAndDecrement() > 0) {
            throw new IllegalStateException("injected");
        }
    }

    @Test
    void inAReadyHandler() throws Exception {
        try (TcpServer echo = TcpServer.echo();
                TcpRoom room = room(finished -> fail(), Duration.ZERO, Duration.ZERO)) {
            room.register(at(echo.port()));
            failing.set(1);
            assertEquals("hello", ask(room, "hello"));
            assertRecovered(room);
        }
    }

    @Test
    void inADeadline() throws Exception {
        try (ServerSocket component = listen();
                TcpRoom room = room(finished -> fail(), Duration.ZERO, SHORT)) {
            room.register(at(component.getLocalPort()));
            failing.set(1);
            try (Socket client = connect(room);
                    Socket served = component.accept()) {
                assertEquals(0, Received.from(client).length());
                assertEquals(0, Received.from(served).length());
            }
            assertRecovered(room);
        }
    }

    @Test
    void inTheCut() throws Exception {
        try (ServerSocket component = listen();
                TcpRoom room = room(finished -> fail(), Duration.ZERO, Duration.ZERO)) {
            room.register(at(component.getLocalPort()));
            failing.set(1);
            try (Socket first = connect(room);
                    Socket second = connect(room)) {
                Await.until("both are relayed", () -> room.components().get(0).total() == 2);
                room.cut();
                assertEquals(0, Received.from(first).length());
                assertEquals(0, Received.from(second).length());
            }
            assertEquals(1, room.faults().size());
            assertEquals(0, room.taken());
        }
    }

    @Test
    void inAClientsTimeToWait() throws Exception {
        try (ServerSocket component = listen();
                TcpRoom room = room(finished -> fail(), SHORT, Duration.ZERO)) {
            room.register(at(component.getLocalPort()), full());
            try (Socket client = connect(room)) {
                Await.until("it is relayed", () -> room.components().get(0).total() == 1);
                failing.set(1);
                try (Socket waiting = connect(room)) {
                    assertEquals(0, Received.from(waiting).length());
                }
                Await.until("it was contained", () -> room.faults().size() == 1);
                assertEquals(1, room.taken(), "the first is there still");
                assertTrue(client.isConnected());
            }
        }
    }

    @Test
    void whileARelayOpens() throws Exception {
        try (TcpServer echo = TcpServer.echo();
                TcpRoom room = room(AccessLog.NONE, Duration.ZERO, Duration.ZERO)) {
            room.register(at(echo.port()));
            room.onActiveChanged(this::fail);
            failing.set(1);
            assertEquals("", ask(room, ""));
            assertRecovered(room);
        }
    }

    @Test
    void whileARelayOpensAndAgainWhileItCloses() throws Exception {
        try (TcpServer echo = TcpServer.echo();
                TcpRoom room = room(AccessLog.NONE, Duration.ZERO, Duration.ZERO)) {
            room.register(at(echo.port()));
            room.onActiveChanged(this::fail);
            failing.set(2);
            assertEquals("", ask(room, ""));
            Await.until("both were contained", () -> room.faults().size() == 2);
            assertEquals(0, room.taken());
            assertEquals(0, room.components().get(0).active());
        }
    }

    @Test
    void whileARelayCloses() throws Exception {
        try (TcpServer echo = TcpServer.echo();
                TcpRoom room = room(AccessLog.NONE, Duration.ZERO, Duration.ZERO)) {
            room.register(at(echo.port()));
            try (Socket client = connect(room)) {
                Await.until("it is relayed", () -> room.components().get(0).total() == 1);
                room.onActiveChanged(this::fail);
                failing.set(1);
                client.shutdownOutput();
                assertEquals(0, Received.from(client).length());
            }
            assertRecovered(room);
        }
    }

    private void assertRecovered(TcpRoom room) throws Exception {
        Await.until("it was contained", () -> room.faults().size() == 1);
        assertEquals("injected", room.faults().get(0).getMessage());
        Await.until("slots are free", () -> room.taken() == 0);
        assertEquals(0, room.components().get(0).active());
        try (Socket client = connect(room)) {
            Await.until("the next is relayed", () -> room.taken() == 1);
            assertTrue(client.isConnected());
        }
    }

    private static ComponentTraits full() {
        return new ComponentTraits(null, 1, 1, ProxyProtocol.NONE, 0, 0, 0, 0, 0);
    }

    private static TcpRoom room(AccessLog log, Duration queueTimeout, Duration idleTimeout) throws IOException {
        return new TcpRoom(new SpillBuffers(PLENTY), log, queueTimeout, idleTimeout);
    }

    private static ServerSocket listen() throws IOException {
        ServerSocket listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(TIMEOUT_MS);
        return listener;
    }

    private static InetSocketAddress at(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static Socket connect(TcpRoom room) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(TIMEOUT_MS);
        client.connect(room.address());
        return client;
    }

    private static String ask(TcpRoom room, String text) throws IOException {
        try (Socket client = connect(room)) {
            client.getOutputStream().write(text.getBytes(US_ASCII));
            client.shutdownOutput();
            return Received.from(client).text();
        }
    }
}
