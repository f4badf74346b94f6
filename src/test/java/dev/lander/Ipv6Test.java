package dev.lander;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.AnyLander;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Components, clients and operators over IPv6, and over both families at once. */
class Ipv6Test {
    private static final InetAddress V4 = AddressRange.parseAddress("127.0.0.1");
    private static final InetAddress V6 = AddressRange.parseAddress("::1");
    private static final String V2_DATAGRAM = "0d0a0d0a000d0a515549540a" + "21";

    private final int relayPort = FreePorts.next();

    @BeforeAll
    static void needIpv6() {
        try (ServerSocket trial = new ServerSocket(0, 1, V6)) {
            assertTrue(trial.isBound());
        } catch (IOException refused) {
            Assumptions.abort("missing: IPv6");
        }
    }

    @Test
    void boundToAnIpv6AddressItServesThatAlone() throws Exception {
        try (AnyLander lander = AnyLander.startAt(V6, new TestOptions());
                ControlPeer control = control(lander, V6);
                TcpServer tcp = echo(V6);
                UdpServer udp = UdpServer.serving(V6, DatagramSocket::send)) {
            assertEquals(0, control.register("tcp", tcp.port(), relayPort));
            assertEquals(0, control.register("udp", udp.port(), relayPort));
            assertEquals("hello", ask(V6, "hello"));
            assertEquals("hello", askUdp(V6, "hello"));
            assertThrows(ConnectException.class, () -> ask(V4, "hello"));
            assertThrows(ConnectException.class, () -> control(lander, V4));
        }
    }

    @Test
    void bothFamiliesReachComponentsOfBothAtOnePort() throws Exception {
        try (AnyLander lander = AnyLander.start(new TestOptions(), System::nanoTime);
                ControlPeer control4 = control(lander, V4);
                ControlPeer control6 = control(lander, V6);
                TcpServer tcp4 = tellingItsAddress(V4);
                TcpServer tcp6 = tellingItsAddress(V6);
                UdpServer udp4 = tellingItsAddressUdp(V4);
                UdpServer udp6 = tellingItsAddressUdp(V6)) {
            assertEquals(0, control4.register("tcp", tcp4.port(), relayPort));
            assertEquals(0, control6.register("tcp", tcp6.port(), relayPort));
            assertEquals(0, control4.register("udp", udp4.port(), relayPort));
            assertEquals(0, control6.register("udp", udp6.port(), relayPort));
            for (InetAddress family : List.of(V4, V6)) {
                Set<String> chosen = new HashSet<>();
                Set<String> chosenUdp = new HashSet<>();
                for (int turn = 0; turn < 2; turn++) {
                    chosen.add(ask(family, ""));
                    chosenUdp.add(askUdp(family, "x"));
                }
                assertEquals(Set.of(V4.toString(), V6.toString()), chosen);
                assertEquals(Set.of(V4.toString(), V6.toString()), chosenUdp);
            }
        }
    }

    @Test
    void anIpv6ComponentIsShownWithBrackets() throws Exception {
        try (AnyLander lander = AnyLander.start(new TestOptions(), System::nanoTime);
                ControlPeer control = control(lander, V6);
                TcpServer server = echo(V6)) {
            assertEquals(0, control.register("tcp", server.port(), relayPort));
            ShownStatus.Component shown = ShownStatus.of(control).component(server.port());
            assertEquals("[::1]:" + server.port(), shown.name());
            assertEquals("::1", shown.host());
        }
    }

    @Test
    void anOperatorDrainsAnIpv6ComponentByItsAddress() throws Exception {
        try (AnyLander lander = AnyLander.start(new TestOptions(), System::nanoTime);
                ControlPeer control = control(lander, V6);
                ControlPeer operator = control(lander, V4);
                TcpServer server = echo(V6)) {
            int port = server.port();
            assertEquals(0, control.register("tcp", port, relayPort));
            for (String host : List.of("::2", "127.0.0.1")) {
                assertEquals(4, drain(operator, host, port));
            }
            assertEquals(0, drain(operator, "0:0::0:1", port));
            assertEquals("draining", ShownStatus.stateOf(operator, port));
        }
    }

    @Test
    void theControlChannelIsForThePrefixesThatMay() throws Exception {
        TestOptions options = new TestOptions();
        options.controlAllow = List.of(AddressRange.parse("::/64"), AddressRange.parse("192.0.2.0/24"));
        try (AnyLander lander = AnyLander.start(options, System::nanoTime);
                ControlPeer may = control(lander, V6);
                ControlPeer mayNot = control(lander, V4)) {
            assertEquals(0, may.ask("cmd", "status"));
            mayNot.awaitClosed();
        }
        options.controlAllow = List.of(AddressRange.parse("2001:db8::/32"), AddressRange.parse("127.0.0.0/8"));
        try (AnyLander lander = AnyLander.start(options, System::nanoTime);
                ControlPeer may = control(lander, V4);
                ControlPeer mayNot = control(lander, V6)) {
            assertEquals(0, may.ask("cmd", "status"));
            mayNot.awaitClosed();
        }
    }

    @Test
    void theSourcePolicyKeepsAnIpv6ClientAtItsComponent() throws Exception {
        TestOptions options = new TestOptions();
        options.acceptProxy = List.of(AddressRange.parse("::1"));
        try (AnyLander lander = AnyLander.start(options, System::nanoTime);
                ControlPeer control4 = control(lander, V4);
                ControlPeer control6 = control(lander, V6);
                TcpServer one = tellingItsAddress(V4);
                TcpServer other = tellingItsAddress(V6)) {
            assertEquals(0, control4.register("tcp", one.port(), relayPort, "balance", "source"));
            assertEquals(0, control6.register("tcp", other.port(), relayPort));
            Set<String> chosen = new HashSet<>();
            for (int i = 1; i <= 32; i++) {
                String header = "PROXY TCP6 2001:db8::" + i + " 2001:db8:1::1 9 443\r\n";
                String first = ask(V6, header);
                assertEquals(first, ask(V6, header));
                chosen.add(first);
            }
            assertEquals(2, chosen.size());
        }
    }

    @Test
    void eachClientIsToldInItsOwnFamily() throws Exception {
        for (InetAddress component : List.of(V4, V6)) {
            try (AnyLander lander = AnyLander.start(new TestOptions(), System::nanoTime);
                    ControlPeer control = control(lander, component);
                    TcpServer server = echo(component)) {
                assertEquals(0, control.register("tcp", server.port(), relayPort, "proxy_protocol", "v1"));
                int second = FreePorts.next();
                assertEquals(0, control.register("tcp", server.port(), second, "proxy_protocol", "v2"));
                try (Socket client4 = connect(V4, relayPort);
                        Socket client6 = connect(V6, relayPort);
                        Socket binary4 = connect(V4, second);
                        Socket binary6 = connect(V6, second)) {
                    assertEquals("PROXY TCP4 127.0.0.1 127.0.0.1 " + ports(client4), exchange(client4, ""));
                    assertEquals("PROXY TCP6 ::1 ::1 " + ports(client6), exchange(client6, ""));
                    assertEquals(
                            "2111000c" + "7f0000017f000001",
                            hex(exchange(binary4, "")).substring(24, 48));
                    assertEquals(
                            "21210024" + ("0".repeat(31) + "1").repeat(2),
                            hex(exchange(binary6, "")).substring(24, 96));
                }
            }
        }
    }

    @Test
    void eachDatagramsClientIsToldInItsOwnFamily() throws Exception {
        try (AnyLander lander = AnyLander.start(new TestOptions(), System::nanoTime);
                ControlPeer control = control(lander, V6);
                UdpServer echo = UdpServer.serving(V6, DatagramSocket::send)) {
            assertEquals(0, control.register("udp", echo.port(), relayPort, "proxy_protocol", "v2"));
            assertTrue(hex(askUdp(V4, "x")).startsWith(V2_DATAGRAM + "12" + "000c" + "7f000001" + "00000000"));
            String loopback = "0".repeat(31) + "1";
            assertTrue(hex(askUdp(V6, "x")).startsWith(V2_DATAGRAM + "22" + "0024" + loopback + "0".repeat(32)));
        }
    }

    private static TcpServer echo(InetAddress host) throws IOException {
        return TcpServer.serving(
                host, connection -> connection.getInputStream().transferTo(connection.getOutputStream()));
    }

    private static TcpServer tellingItsAddress(InetAddress host) throws IOException {
        return TcpServer.serving(
                host,
                connection -> connection.getOutputStream().write(host.toString().getBytes(ISO_8859_1)));
    }

    private static UdpServer tellingItsAddressUdp(InetAddress host) throws IOException {
        byte[] text = host.toString().getBytes(ISO_8859_1);
        return UdpServer.serving(
                host,
                (socket, request) -> socket.send(new DatagramPacket(text, text.length, request.getSocketAddress())));
    }

    private static ControlPeer control(AnyLander lander, InetAddress host) throws IOException {
        return ControlPeer.connect(lander.controlAddress(host));
    }

    private int drain(ControlPeer operator, String host, int port) throws IOException {
        return operator.ask("cmd", "drain", "protocol", "tcp", "host", host, "port", port, "relay_port", relayPort);
    }

    private static Socket connect(InetAddress host, int port) throws IOException {
        Socket client = new Socket(host, port);
        client.setSoTimeout(10_000);
        return client;
    }

    private String ask(InetAddress host, String text) throws IOException {
        try (Socket client = connect(host, relayPort)) {
            return exchange(client, text);
        }
    }

    /** All that comes back when the client has sent this and ended. */
    private static String exchange(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(ISO_8859_1));
        client.shutdownOutput();
        return new String(client.getInputStream().readAllBytes(), ISO_8859_1);
    }

    private String askUdp(InetAddress host, String text) throws IOException {
        try (DatagramSocket client = new DatagramSocket(new InetSocketAddress(host, 0))) {
            client.setSoTimeout(10_000);
            client.connect(new InetSocketAddress(host, relayPort));
            byte[] bytes = text.getBytes(ISO_8859_1);
            client.send(new DatagramPacket(bytes, bytes.length));
            DatagramPacket answer = new DatagramPacket(new byte[200], 200);
            client.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), ISO_8859_1);
        }
    }

    private static String ports(Socket client) {
        return client.getLocalPort() + " " + client.getPort() + "\r\n";
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(ISO_8859_1));
    }
}
