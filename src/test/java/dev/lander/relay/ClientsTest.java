package dev.lander.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.metrics.Counter;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may be a client of a service. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClientsTest {
    private static final List<String> CLIENTS = List.of("!127.0.0.2", "127.0.0.0/24");

    @Test
    void othersAreClosedAtOnceAndCounted() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer teller = TcpServer.tellingItsPort()) {
            rig.register("tcp", teller.port(), "clients", CLIENTS);
            String served = Integer.toString(teller.port());
            assertEquals(served, answerTo("127.0.0.1", rig, ""));
            assertEquals("", answerTo("127.0.0.2", rig, ""));
            assertEquals("", answerTo("127.0.1.1", rig, ""));
            assertEquals(served, answerTo("127.0.0.3", rig, ""));
            assertEquals(2, rig.lander().counted(Counter.CLIENT_REFUSED));
            assertEquals(2, rig.sum("total"));
        }
    }

    @Test
    void behindABalancerTheToldClientIsJudged() throws Exception {
        TestOptions options = new TestOptions();
        options.acceptProxy = List.of(AddressRange.parse("127.0.0.2"));
        try (RelayRig rig = RelayRig.start(options);
                TcpServer teller = TcpServer.tellingItsPort()) {
            rig.register("tcp", teller.port(), "clients", List.of("192.0.2.0/24"));
            String served = Integer.toString(teller.port());
            assertEquals(served, answerTo("127.0.0.2", rig, "PROXY TCP4 192.0.2.7 198.51.100.1 5 443\r\n"));
            assertEquals("", answerTo("127.0.0.2", rig, "PROXY TCP4 192.0.3.7 198.51.100.1 5 443\r\n"));
            assertEquals("", answerTo("127.0.0.2", rig, "PROXY UNKNOWN\r\n"), "the balancer's own address is none");
            assertEquals("", answerTo("127.0.0.1", rig, ""));
            assertEquals(3, rig.lander().counted(Counter.CLIENT_REFUSED));
        }
    }

    @Test
    void othersDatagramsAreDroppedAndCounted() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer echo = UdpServer.echo();
                DatagramSocket welcome =
                        new DatagramSocket(new InetSocketAddress(AddressRange.parseAddress("127.0.0.1"), 0));
                DatagramSocket refused =
                        new DatagramSocket(new InetSocketAddress(AddressRange.parseAddress("127.0.0.2"), 0))) {
            rig.register("udp", echo.port(), "clients", CLIENTS);
            refused.send(new DatagramPacket(new byte[3], 3, rig.address()));
            Await.until("it is dropped", () -> rig.lander().counted(Counter.DATAGRAM_CLIENT_REFUSED) == 1);
            welcome.setSoTimeout(10_000);
            welcome.send(new DatagramPacket(new byte[3], 3, rig.address()));
            welcome.receive(new DatagramPacket(new byte[9], 9));
            assertEquals(1, rig.sum("total"));
        }
    }

    @Test
    void theFirstRegistrationDecides() throws Exception {
        try (RelayRig rig = RelayRig.start();
                ControlPeer other = rig.lander().control()) {
            rig.register("tcp", 1, "clients", CLIENTS);
            assertEquals(0, other.register("tcp", 2, rig.port()));
            assertEquals(0, other.register("tcp", 3, rig.port(), "clients", CLIENTS));
            assertEquals(12, other.register("tcp", 4, rig.port(), "clients", List.of("127.0.0.0/24")));
            assertEquals(1, other.register("tcp", 4, rig.port(), "clients", List.of()));
        }
    }

    private static String answerTo(String client, RelayRig rig, String first) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), rig.port(), AddressRange.parseAddress(client), 0)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(first.getBytes(US_ASCII));
            return Received.from(socket).text();
        }
    }
}
