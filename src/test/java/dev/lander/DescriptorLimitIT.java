package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.udp.UdpPeer;
import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.CpuTime;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.TcpServer;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Far more clients than the process may have descriptors for. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs /proc")
class DescriptorLimitIT {
    private static final int CLIENTS = 1_000;
    private static final int DESCRIPTORS = 128;

    /** Less the reserve of 48; a relay takes two. */
    private static final int MOST_RELAYS = (DESCRIPTORS - 48) / 2;

    /** Of 200: one that spins takes nearly all of them. */
    private static final long MOST_TICKS_IN_TWO_SECONDS = 20;

    private static final int ROUNDS = 5;

    private final List<SocketChannel> waiting = new ArrayList<>();
    private final List<SocketChannel> served = new ArrayList<>();

    @Test
    void aCrowdBeyondTheLimitWaitsQuietlyAndIsServedInTurn() throws Exception {
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.serving(DescriptorLimitIT::greet);
                LanderProcess lander =
                        LanderProcess.awaitReady(ChildProcess.startLimited(DESCRIPTORS, LanderProcess.command("0")));
                ControlPeer component = lander.control()) {
            assertEquals(0, component.register("tcp", server.port(), relayPort));
            for (int i = 0; i < CLIENTS; i++) {
                waiting.add(connect(relayPort));
            }
            Await.until("as many are served as may be", () -> lookWhoIsServed() > MOST_RELAYS - 5);

            Await.until("it comes to rest", () -> ticksInTwoSeconds(lander) <= MOST_TICKS_IN_TWO_SECONDS);
            assertTrue(lookWhoIsServed() <= MOST_RELAYS, () -> served.size() + " are served at once");
            try (ControlPeer another = lander.control()) {
                assertEquals(1, another.status().asArrayValue().size());
            }

            while (!waiting.isEmpty()) {
                closeAll(served);
                Await.until(waiting.size() + " clients get their turns", () -> lookWhoIsServed() > 0);
            }
            closeAll(served);
            lander.process().signal("TERM");
            assertEquals(0, lander.process().exitStatus());
        } finally {
            closeAll(served);
            closeAll(waiting);
        }
    }

    @Test
    void clientsTakeDescriptorsFromFlowsAndNoAcceptFails() throws Exception {
        int relayPort = FreePorts.next();
        List<UdpPeer> flows = new ArrayList<>();
        try (TcpServer server = TcpServer.serving(DescriptorLimitIT::greet);
                UdpServer echo = UdpServer.echo();
                LanderProcess lander =
                        LanderProcess.awaitReady(ChildProcess.startLimited(DESCRIPTORS, LanderProcess.command("0")));
                ControlPeer component = lander.control()) {
            assertEquals(0, component.register("tcp", server.port(), relayPort));
            assertEquals(0, component.register("udp", echo.port(), relayPort));
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < DESCRIPTORS; i++) { // more than there are descriptors left
                    UdpPeer client = new UdpPeer();
                    flows.add(client);
                    client.send("hello", new InetSocketAddress(InetAddress.getLoopbackAddress(), relayPort));
                    assertEquals("hello", client.receive().text());
                }
                for (int i = 0; i < MOST_RELAYS / 2; i++) {
                    waiting.add(connect(relayPort));
                }
                Await.until("all are served", () -> lookWhoIsServed() == MOST_RELAYS / 2);
                closeAll(served);
            }
            lander.process().signal("TERM");
            assertEquals(0, lander.process().exitStatus());
            String log = String.join("\n", lander.process().log());
            assertFalse(log.contains("accepts_failed") || log.contains("own_fault"), log);
        } finally {
            closeAll(served);
            closeAll(waiting);
            for (UdpPeer client : flows) {
                client.close();
            }
        }
    }

    /** Sends one byte and keeps the connection until the client has ended. */
    private static void greet(Socket connection) throws IOException {
        connection.getOutputStream().write('!');
        connection.getInputStream().readAllBytes();
    }

    private static SocketChannel connect(int port) throws IOException {
        SocketChannel client = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        client.configureBlocking(false);
        return client;
    }

    /** How many clients are being served now; nobody may be turned away. */
    private int lookWhoIsServed() throws IOException {
        ByteBuffer greeting = ByteBuffer.allocate(1);
        for (Iterator<SocketChannel> clients = waiting.iterator(); clients.hasNext(); ) {
            SocketChannel client = clients.next();
            int read = client.read(greeting.clear());
            assertTrue(read >= 0, "a client was turned away");
            if (read > 0) {
                clients.remove();
                served.add(client);
            }
        }
        return served.size();
    }

    private static void closeAll(List<SocketChannel> clients) throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
        clients.clear();
    }

    private static long ticksInTwoSeconds(LanderProcess lander) throws IOException, InterruptedException {
        return CpuTime.ticksDuring(Duration.ofSeconds(2), lander.process().pid());
    }
}
