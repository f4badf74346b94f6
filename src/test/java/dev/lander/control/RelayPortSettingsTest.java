package dev.lander.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.control.wire.PeerFraming;
import dev.lander.testing.AnyLander;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.HeldClock;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When relay ports are bound and free again. */
class RelayPortSettingsTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** A component's port where nobody listens. */
    private static final int PORT = 9;

    private static final int TIMES = 100;
    private static final int TIMEOUT_MS = 10_000;

    private RunningLander lander;

    @BeforeEach
    void start() throws IOException {
        lander = RunningLander.start();
    }

    @AfterEach
    void end() {
        lander.close();
    }

    @Test
    void aTcpRelayPortIsBoundBeforeTheAnswer() throws IOException {
        try (TcpServer server = TcpServer.tellingItsPort();
                ControlPeer peer = lander.control()) {
            for (int i = 0; i < TIMES; i++) {
                int relayPort = FreePorts.next();
                assertEquals(0, peer.register("tcp", server.port(), relayPort));
                assertEquals(server.port(), Clients.servedBy(relayPort));
                assertEquals(0, peer.unregister("tcp", server.port(), relayPort));
            }
        }
    }

    @Test
    void aUdpRelayPortIsBoundBeforeTheAnswer() throws IOException {
        try (UdpServer server = UdpServer.echo();
                ControlPeer peer = lander.control()) {
            for (int i = 0; i < TIMES; i++) {
                int relayPort = FreePorts.next();
                assertEquals(0, peer.register("udp", server.port(), relayPort));
                assertEquals(i, echoed(relayPort, i));
                assertEquals(0, peer.unregister("udp", server.port(), relayPort));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void aRelayPortIsFreeBeforeTheAnswerToItsLastUnregister(String protocol) throws IOException {
        try (ControlPeer peer = lander.control()) {
            int relayPort = FreePorts.next();
            for (int i = 0; i < TIMES; i++) {
                assertEquals(0, peer.register(protocol, PORT, relayPort));
                assertEquals(0, peer.unregister(protocol, PORT, relayPort));
                bindAndClose(protocol, relayPort);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void aRelayPortIsFreeBeforeItsAnswerThoughAnotherWasReleasedJustBefore(String protocol) throws IOException {
        int before = FreePorts.next();
        int relayPort = FreePorts.next();
        // So long that Lander reads them one after the other, though they come together.
        byte[] unregisters = concat(longUnregister(protocol, before), longUnregister(protocol, relayPort));
        try (ControlPeer peer = lander.control()) {
            for (int i = 0; i < TIMES; i++) {
                assertEquals(0, peer.register(protocol, PORT, before));
                assertEquals(0, peer.register(protocol, PORT, relayPort));
                peer.sendBytes(unregisters);
                assertEquals(0, ControlPeer.error(peer.reply()));
                assertEquals(0, ControlPeer.error(peer.reply()));
                bindAndClose(protocol, relayPort);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void aRegisterRightBehindAnUnregisterInTheSameSegmentWorks(String protocol) throws IOException {
        int relayPort = FreePorts.next();
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        int last = 20;
        try (ControlPeer peer = lander.control()) {
            assertEquals(0, peer.register(protocol, 1, relayPort));
            for (int port = 1; port < last; port++) {
                segment.writeBytes(registration("unregister", protocol, port, relayPort));
                segment.writeBytes(registration("register", protocol, port + 1, relayPort));
            }
            peer.sendBytes(segment.toByteArray());
            for (int port = 1; port < last; port++) {
                assertEquals(0, ControlPeer.error(peer.reply()));
                assertEquals(0, ControlPeer.error(peer.reply()));
            }
            assertEquals(last, ShownStatus.of(peer).component(last).port());
            assertThrows(SocketException.class, () -> bindAndClose(protocol, relayPort));
            assertEquals(0, peer.unregister(protocol, last, relayPort));
            bindAndClose(protocol, relayPort);
        }
    }

    @Test
    void aTcpRelayPortThatChangedHandsInOneSegmentServesTheNewComponent() throws IOException {
        int relayPort = FreePorts.next();
        try (TcpServer first = TcpServer.tellingItsPort();
                TcpServer second = TcpServer.tellingItsPort();
                ControlPeer peer = lander.control()) {
            assertEquals(0, peer.register("tcp", first.port(), relayPort));
            for (int i = 0; i < TIMES; i++) {
                TcpServer leaving = i % 2 == 0 ? first : second;
                TcpServer coming = i % 2 == 0 ? second : first;
                changeHands(peer, "tcp", leaving.port(), coming.port(), relayPort);
                assertEquals(coming.port(), Clients.servedBy(relayPort));
            }
        }
    }

    @Test
    void aUdpRelayPortThatChangedHandsInOneSegmentServesTheNewComponent() throws IOException {
        int relayPort = FreePorts.next();
        try (UdpServer first = UdpServer.echo();
                UdpServer second = UdpServer.echo();
                ControlPeer peer = lander.control()) {
            assertEquals(0, peer.register("udp", first.port(), relayPort));
            for (int i = 0; i < TIMES; i++) {
                UdpServer leaving = i % 2 == 0 ? first : second;
                UdpServer coming = i % 2 == 0 ? second : first;
                changeHands(peer, "udp", leaving.port(), coming.port(), relayPort);
                int received = coming.received();
                assertEquals(i, echoed(relayPort, i));
                assertEquals(received + 1, coming.received());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void aRegisterThatFollowsAnotherConnectionsUnregisterWorks(String protocol) throws IOException {
        int relayPort = FreePorts.next();
        try (ControlPeer first = lander.control();
                ControlPeer second = lander.control()) {
            assertEquals(0, first.register(protocol, PORT, relayPort));
            for (int i = 0; i < TIMES; i++) {
                ControlPeer leaving = i % 2 == 0 ? first : second;
                ControlPeer coming = i % 2 == 0 ? second : first;
                leaving.send("cmd", "unregister", "protocol", protocol, "port", PORT + i, "relay_port", relayPort);
                coming.send("cmd", "register", "protocol", protocol, "port", PORT + i + 1, "relay_port", relayPort);
                assertEquals(0, ControlPeer.error(coming.reply()));
                assertEquals(0, ControlPeer.error(leaving.reply()));
            }
            assertEquals(1, ShownStatus.of(first).services().size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void aRegisterInTheTurnOfAnotherConnectionsUnregisterWorks(String protocol) throws Exception {
        HeldClock clock = new HeldClock();
        try (AnyLander held = AnyLander.start(new TestOptions(), clock);
                ControlPeer leaving = held.control();
                ControlPeer coming = held.control()) {
            int relayPort = FreePorts.next();
            assertEquals(0, coming.ask("cmd", "status"));
            assertEquals(0, leaving.register(protocol, PORT, relayPort));
            clock.hold(held.lander()::reload, () -> {
                leaving.send("cmd", "unregister", "protocol", protocol, "port", PORT, "relay_port", relayPort);
                coming.send("cmd", "register", "protocol", protocol, "port", PORT + 1, "relay_port", relayPort);
            });
            assertEquals(0, ControlPeer.error(leaving.reply()));
            assertEquals(0, ControlPeer.error(coming.reply()));
            assertThrows(SocketException.class, () -> bindAndClose(protocol, relayPort));
            assertEquals(0, coming.unregister(protocol, PORT + 1, relayPort));
            bindAndClose(protocol, relayPort);
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp, true", "tcp, false", "udp, true", "udp, false"})
    void aComponentThatComesBackInTheTurnOfItsOldConnectionsEndStays(String protocol, boolean endFirst)
            throws Exception {
        HeldClock clock = new HeldClock();
        try (AnyLander held = AnyLander.start(new TestOptions(), clock);
                ControlPeer before = held.control();
                ControlPeer after = held.control()) {
            int relayPort = FreePorts.next();
            assertEquals(0, after.ask("cmd", "status"));
            assertEquals(0, before.register(protocol, PORT, relayPort));
            clock.hold(held.lander()::reload, () -> {
                if (endFirst) {
                    before.socket().close();
                }
                after.send("cmd", "register", "protocol", protocol, "port", PORT, "relay_port", relayPort);
                before.socket().close();
            });
            assertEquals(0, ControlPeer.error(after.reply()));
            assertEquals(PORT, ShownStatus.of(after).component(PORT).port());
            assertThrows(SocketException.class, () -> bindAndClose(protocol, relayPort));
            assertEquals(0, after.unregister(protocol, PORT, relayPort));
            bindAndClose(protocol, relayPort);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void theLastOneOutClosesThePort(String protocol) throws IOException {
        int relayPort = FreePorts.next();
        try (ControlPeer first = lander.control();
                ControlPeer second = lander.control()) {
            assertEquals(0, first.register(protocol, PORT, relayPort));
            assertEquals(0, second.register(protocol, PORT + 1, relayPort));
            assertEquals(0, second.register(protocol, PORT + 2, relayPort));
            assertEquals(0, second.unregister(protocol, PORT + 1, relayPort));
            assertEquals(0, first.unregister(protocol, PORT, relayPort));
            assertThrows(SocketException.class, () -> bindAndClose(protocol, relayPort));
            assertEquals(0, second.unregister(protocol, PORT + 2, relayPort));
            bindAndClose(protocol, relayPort);
        }
    }

    @Test
    void tcpAndUdpOnOneNumberAreTwoBindings() throws IOException {
        int relayPort = FreePorts.next();
        try (ControlPeer peer = lander.control()) {
            assertEquals(0, peer.register("tcp", PORT, relayPort));
            bindAndClose("udp", relayPort);
            assertEquals(0, peer.register("udp", PORT, relayPort));
            assertThrows(SocketException.class, () -> bindAndClose("udp", relayPort));
            assertEquals(0, peer.unregister("tcp", PORT, relayPort));
            bindAndClose("tcp", relayPort);
            assertThrows(SocketException.class, () -> bindAndClose("udp", relayPort));
            assertEquals(0, peer.unregister("udp", PORT, relayPort));
            bindAndClose("udp", relayPort);
        }
    }

    @Test
    void anAnsweredUnregisterLeavesNoListenerBehind() throws IOException {
        int relayPort = FreePorts.next();
        try (ControlPeer peer = lander.control()) {
            assertEquals(0, peer.register("tcp", PORT, relayPort));
            assertEquals(0, peer.unregister("tcp", PORT, relayPort));
            assertThrows(
                    ConnectException.class, () -> Clients.connect(relayPort).close());
        }
    }

    @Test
    void aTakenTcpPortIsRefusedWithTheReasonUntilItIsFree() throws IOException {
        try (ControlPeer peer = lander.control()) {
            int relayPort = FreePorts.next();
            try (ServerSocket taken = new ServerSocket(relayPort, 1, LOOPBACK)) {
                assertTrue(taken.isBound());
                assertTaken(peer, "tcp", relayPort);
                assertEquals(0, peer.register("udp", PORT, relayPort));
            }
            assertEquals(0, peer.register("tcp", PORT, relayPort));
        }
    }

    @Test
    void aTakenUdpPortIsRefusedWithTheReasonUntilItIsFree() throws IOException {
        try (ControlPeer peer = lander.control()) {
            int relayPort = FreePorts.next();
            try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress(LOOPBACK, relayPort))) {
                assertTrue(taken.isBound());
                assertTaken(peer, "udp", relayPort);
                assertEquals(0, peer.register("tcp", PORT, relayPort));
            }
            assertEquals(0, peer.register("udp", PORT, relayPort));
        }
    }

    @Test
    void aUdpPortIsNeverSharedWithAnotherProgram() throws IOException {
        try (ControlPeer peer = lander.control();
                DatagramSocket sharing = new DatagramSocket(null)) {
            sharing.setReuseAddress(true);
            int relayPort = FreePorts.next();
            assertEquals(0, peer.register("udp", PORT, relayPort));
            assertThrows(BindException.class, () -> sharing.bind(new InetSocketAddress(LOOPBACK, relayPort)));
        }
        try (ControlPeer peer = lander.control();
                DatagramSocket sharing = new DatagramSocket(null)) {
            sharing.setReuseAddress(true);
            sharing.bind(new InetSocketAddress(LOOPBACK, 0));
            assertTaken(peer, "udp", sharing.getLocalPort());
        }
    }

    @Test
    void whatWasRefusedIsNotRegistered() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, LOOPBACK);
                ControlPeer peer = lander.control()) {
            assertTaken(peer, "tcp", taken.getLocalPort());
            assertEquals(4, peer.unregister("tcp", PORT, taken.getLocalPort()));
            assertEquals(List.of(), ShownStatus.of(peer).services());
        }
    }

    private static void assertTaken(ControlPeer peer, String protocol, int relayPort) throws IOException {
        peer.send("cmd", "register", "protocol", protocol, "port", PORT, "relay_port", relayPort);
        ControlAssertions.assertRefused(8, "Address already in use", peer.reply());
    }

    /** One leaves and another comes, in one segment. */
    private static void changeHands(ControlPeer peer, String protocol, int leaving, int coming, int relayPort)
            throws IOException {
        peer.sendBytes(concat(
                registration("unregister", protocol, leaving, relayPort),
                registration("register", protocol, coming, relayPort)));
        assertEquals(0, ControlPeer.error(peer.reply()));
        assertEquals(0, ControlPeer.error(peer.reply()));
    }

    private static byte[] registration(String cmd, String protocol, int port, int relayPort) throws IOException {
        return PeerFraming.BARE.frame("cmd", cmd, "protocol", protocol, "port", port, "relay_port", relayPort);
    }

    private static byte[] longUnregister(String protocol, int relayPort) throws IOException {
        String padding = "x".repeat(40_000);
        return PeerFraming.BARE.frame(
                "pad", padding, "cmd", "unregister", "protocol", protocol, "port", PORT, "relay_port", relayPort);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Fails when the port is not free. */
    private static void bindAndClose(String protocol, int port) throws IOException {
        if (protocol.equals("tcp")) {
            try (ServerSocket socket = new ServerSocket(port, 1, LOOPBACK)) {
                assertTrue(socket.isBound());
            }
        } else {
            try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, port))) {
                assertTrue(socket.isBound());
            }
        }
    }

    /** What comes back of this one byte. */
    private static int echoed(int relayPort, int sent) throws IOException {
        try (DatagramSocket client = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            client.setSoTimeout(TIMEOUT_MS);
            client.send(new DatagramPacket(new byte[] {(byte) sent}, 1, new InetSocketAddress(LOOPBACK, relayPort)));
            DatagramPacket answer = new DatagramPacket(new byte[2], 2);
            client.receive(answer);
            assertEquals(1, answer.getLength());
            return answer.getData()[0];
        }
    }
}
