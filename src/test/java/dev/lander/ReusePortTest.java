package dev.lander;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.metrics.Counter;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RawPeer;
import dev.lander.testing.RunningLander;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.msgpack.value.Value;

/** With {@code --reuse-port} several Landers share relay ports; here they are in one process. */
class ReusePortTest {
    private static final int CLIENTS = 200;

    /** Fewer than this chance does not give to either of two: 1 in 10,000 runs has 73 of 200. */
    private static final int FEWEST = 60;

    /** Costs that much once, when the datagram of the very moment is lost. */
    private static final int TIMEOUT_MS = 5_000;

    private final int relayPort = FreePorts.next();

    @Test
    void clientsAreSpreadOverBoth() throws Exception {
        try (TcpServer here = TcpServer.tellingItsPort();
                TcpServer there = TcpServer.tellingItsPort();
                RunningLander one = RunningLander.start(shared());
                RunningLander other = RunningLander.start(shared());
                ControlPeer toOne = one.control();
                ControlPeer toOther = other.control()) {
            assertEquals(0, toOne.register("tcp", here.port(), relayPort));
            assertEquals(0, toOther.register("tcp", there.port(), relayPort));
            for (int i = 0; i < CLIENTS; i++) {
                assertTrue(ask().length > 0);
            }
            assertEquals(CLIENTS, here.accepted() + there.accepted());
            assertTrue(here.accepted() >= FEWEST, here.accepted() + " of " + CLIENTS);
            assertTrue(there.accepted() >= FEWEST, there.accepted() + " of " + CLIENTS);
        }
    }

    @Test
    void aPortThatIsHeldWithoutTheOptionIsAClearRefusal() throws Exception {
        try (TcpServer tcp = TcpServer.echo();
                UdpServer udp = UdpServer.echo();
                RunningLander without = RunningLander.start();
                RunningLander with = RunningLander.start(shared());
                ControlPeer holder = without.control();
                ControlPeer refused = with.control()) {
            assertEquals(0, holder.register("tcp", tcp.port(), relayPort));
            assertEquals(0, holder.register("udp", udp.port(), relayPort));
            assertRefused(refused, "tcp", tcp.port());
            assertRefused(refused, "udp", udp.port());
        }
    }

    private void assertRefused(ControlPeer peer, String protocol, int port) throws IOException {
        peer.send("cmd", "register", "protocol", protocol, "port", port, "relay_port", relayPort);
        Map<String, Value> reply = peer.reply();
        assertEquals(8, ControlPeer.error(reply));
        String message = ControlPeer.field(reply, "message").asStringValue().asString();
        assertTrue(message.contains("already in use (--reuse-port shares a port only with"), message);
    }

    /** Its share of the clients would wait otherwise, until one of its own relays ends. */
    @Test
    void aFullOneLeavesClientsToTheOther() throws Exception {
        TestOptions small = shared();
        small.maxConnections = 1;
        try (TcpServer here = TcpServer.echo();
                TcpServer there = TcpServer.tellingItsPort();
                RunningLander full = RunningLander.start(small);
                RunningLander other = RunningLander.start(shared());
                ControlPeer toFull = full.control();
                ControlPeer toOther = other.control()) {
            assertEquals(0, toFull.register("tcp", here.port(), relayPort));
            try (RawPeer held = RawPeer.connect(address())) {
                held.send(new byte[] {1});
                Await.until("it is full and listens no more", () -> here.accepted() == 1 && listening() == 0);
                assertEquals(0, toOther.register("tcp", there.port(), relayPort));
                for (int i = 0; i < CLIENTS; i++) {
                    assertTrue(ask().length > 0);
                }
                assertEquals(CLIENTS, there.accepted());
                assertEquals(1, here.accepted());
            }
            // The echo answers nothing to whom it hears nothing from: what it has accepted tells.
            Await.until("it takes clients again", () -> {
                try (RawPeer next = RawPeer.connect(address())) {
                    next.endOutput();
                    next.readToEnd();
                }
                return here.accepted() > 1;
            });
        }
    }

    @Test
    void aloneAndFullItRefusesUntilThereIsRoom() throws Exception {
        TestOptions small = shared();
        small.maxConnections = 1;
        try (TcpServer server = TcpServer.echo();
                RunningLander lander = RunningLander.start(small);
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", server.port(), relayPort));
            try (RawPeer held = RawPeer.connect(address())) {
                held.send(new byte[] {1});
                Await.until("clients are refused", this::isRefused);
            }
            Await.until("clients are served again", this::isServed);
            assertEquals(0, control.unregister("tcp", server.port(), relayPort));
            Await.until("the port is closed", this::isRefused);
        }
    }

    /** Full by what came to another port, this one's listener is closed while it accepts what waits for it. */
    @Test
    void theLastComponentOfAFullOneLeaves() throws Exception {
        TestOptions small = shared();
        small.maxConnections = 1;
        int otherPort = FreePorts.next();
        try (TcpServer server = TcpServer.echo();
                RunningLander lander = RunningLander.start(small);
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", server.port(), relayPort));
            assertEquals(0, control.register("tcp", server.port(), otherPort));
            try (RawPeer held = RawPeer.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), otherPort))) {
                held.send(new byte[] {1});
                assertEquals(1, held.socket().getInputStream().read());
                assertEquals(0, control.unregister("tcp", server.port(), relayPort));
                assertEquals(0, control.register("tcp", server.port(), relayPort));
            }
            assertEquals(0, lander.counted(Counter.HANDLER_FAULT));
            Await.until("clients are served again", this::isServed);
        }
    }

    /** An end in order closes UDP ports at once: what came to it for its last second would be lost. */
    @Test
    void datagramsGoToTheOtherFromTheMomentThatOneEnds() throws Exception {
        try (UdpServer here = UdpServer.echo();
                UdpServer there = UdpServer.echo();
                RunningLander one = RunningLander.start(shared());
                RunningLander other = RunningLander.start(shared());
                ControlPeer toOne = one.control();
                ControlPeer toOther = other.control()) {
            assertEquals(0, toOne.register("udp", here.port(), relayPort));
            assertEquals(0, toOther.register("udp", there.port(), relayPort));
            for (int i = 0; i < CLIENTS; i++) {
                assertTrue(isEchoed(), "datagram " + i);
            }
            assertTrue(here.received() >= FEWEST, here.received() + " of " + CLIENTS);
            assertTrue(there.received() >= FEWEST, there.received() + " of " + CLIENTS);
            assertEquals(2, bound());
            one.lander().end();
            int lost = 0;
            while (bound() == 2) {
                lost += isEchoed() ? 0 : 1;
            }
            assertTrue(lost <= 1, lost + " were lost"); // in the very moment
            int before = there.received();
            for (int i = 0; i < CLIENTS; i++) {
                assertTrue(isEchoed(), "datagram " + i);
            }
            assertEquals(CLIENTS, there.received() - before);
        }
    }

    private boolean isServed() {
        try (RawPeer client = RawPeer.connect(address())) {
            client.send(new byte[] {1});
            return client.socket().getInputStream().read() == 1;
        } catch (IOException refused) {
            return false; // or it was in the queue of a full one as that closed it
        }
    }

    private boolean isRefused() {
        try (RawPeer client = RawPeer.connect(address())) {
            client.send(new byte[] {1});
            return client.socket().getInputStream().read() < 0;
        } catch (ConnectException refused) {
            return true;
        } catch (IOException reset) {
            return false;
        }
    }

    /** How many sockets have the UDP relay port. */
    private long bound() throws IOException {
        return sockets("udp", "07");
    }

    /** How many sockets listen at the TCP relay port. */
    private long listening() throws IOException {
        return sockets("tcp", "0A");
    }

    private long sockets(String protocol, String state) throws IOException {
        String unconnected = String.format(Locale.ROOT, " 0100007F:%04X 00000000:0000 %s ", relayPort, state);
        try (Stream<String> lines = Files.lines(Path.of("/proc/net", protocol))) {
            return lines.filter(line -> line.contains(unconnected)).count();
        }
    }

    private byte[] ask() throws IOException {
        try (RawPeer client = RawPeer.connect(address())) {
            return client.readToEnd();
        }
    }

    private boolean isEchoed() throws IOException {
        try (DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(TIMEOUT_MS);
            client.connect(address());
            byte[] hello = "hello".getBytes(US_ASCII);
            client.send(new DatagramPacket(hello, hello.length));
            DatagramPacket answer = new DatagramPacket(new byte[hello.length], hello.length);
            client.receive(answer);
            return answer.getLength() == hello.length;
        } catch (SocketTimeoutException lost) {
            return false;
        }
    }

    private InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), relayPort);
    }

    private static TestOptions shared() {
        TestOptions options = new TestOptions();
        options.reusePort = true;
        return options;
    }
}
