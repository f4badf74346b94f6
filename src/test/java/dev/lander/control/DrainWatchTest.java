package dev.lander.control;

import static dev.lander.control.ControlAssertions.assertChecked;
import static dev.lander.control.ControlAssertions.assertDone;
import static dev.lander.control.ControlAssertions.assertNothingPushed;
import static dev.lander.control.ControlAssertions.assertPushed;
import static dev.lander.control.ControlAssertions.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.AnyLander;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.HeldClock;
import dev.lander.testing.MovedClock;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrainWatchTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration UDP_TIMEOUT = Duration.ofSeconds(60);

    private final MovedClock clock = new MovedClock();
    private final List<Socket> clients = new ArrayList<>();
    private RunningLander lander;
    private TcpServer server;
    private ControlPeer owner;
    private ControlPeer operator;

    /** Looks; is never told anything. */
    private ControlPeer observer;

    private int relayPort;

    @BeforeEach
    void start() throws IOException {
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofHours(1);
        options.udpTimeout = UDP_TIMEOUT;
        lander = RunningLander.start(options, clock);
        server = TcpServer.echo();
        owner = lander.control();
        operator = lander.control();
        observer = lander.control();
        relayPort = FreePorts.next();
        assertEquals(0, owner.register("tcp", server.port(), relayPort));
        assertNothingPushed(operator);
        assertNothingPushed(observer);
    }

    @AfterEach
    void end() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        owner.close();
        operator.close();
        observer.close();
        server.close();
        lander.close();
    }

    @Test
    void theReplyComesFirstAndThenWhatIsOpen() throws IOException {
        openRelays(2);
        sendDrain(owner);
        assertDone(owner.read());
        assertTold(owner, 2);
        assertNothingPushed(owner);
    }

    @Test
    void whenNothingIsOpenItIsOverAtOnce() throws IOException {
        sendDrain(owner);
        assertDone(owner.read());
        assertTold(owner, 0);
        lander.advance(clock, SECOND.multipliedBy(5));
        assertNothingPushed(owner);
    }

    @Test
    void nothingIsToldWhileNothingChanges() throws IOException {
        openRelays(1);
        drain();
        assertTold(owner, 1);
        lander.advance(clock, Duration.ofMinutes(1));
        assertNothingPushed(owner);
    }

    @Test
    void aChangeIsToldAtMostOnceASecond() throws IOException {
        openRelays(5);
        drain();
        assertTold(owner, 5);
        closeRelays(2);
        lander.advance(clock, SECOND.minus(MOMENT));
        assertNothingPushed(owner);
        lander.advance(clock, MOMENT);
        assertTold(owner, 3);
        closeRelays(1);
        lander.advance(clock, SECOND.minus(MOMENT));
        assertNothingPushed(owner);
        closeRelays(1);
        lander.advance(clock, MOMENT);
        assertTold(owner, 1);
        assertNothingPushed(owner);
    }

    @Test
    void aChangeAfterAQuietSecondIsToldAtOnce() throws IOException {
        openRelays(2);
        drain();
        assertTold(owner, 2);
        lander.advance(clock, SECOND);
        closeRelays(1);
        assertTold(owner, 1);
        lander.advance(clock, SECOND);
        closeRelays(1);
        assertTold(owner, 0);
        assertNothingPushed(owner);
    }

    @Test
    void openRelaysGoOnAndNewClientsGoElsewhere() throws IOException {
        try (TcpServer other = TcpServer.tellingItsPort()) {
            assertEquals(0, owner.register("tcp", other.port(), relayPort));
            openRelays(1);
            drain();
            assertTold(owner, 1);
            assertEquals(
                    List.of(other.port(), other.port(), other.port(), other.port()), Clients.servedBy(relayPort, 4));
            assertEcho(clients.get(0));
            assertEquals(0, owner.unregister("tcp", other.port(), relayPort));
            assertEquals(0, Clients.servedBy(relayPort)); // not even as the last resort
            assertEcho(clients.get(0));
        }
    }

    @Test
    void theDrainedStaysSoWhateverItReports() throws IOException {
        drain();
        assertTold(owner, 0);
        assertEquals(0, owner.report("tcp", relayPort, "good"));
        assertEquals("draining", ShownStatus.stateOf(observer, server.port()));
        assertEquals(0, Clients.servedBy(relayPort));
        lander.advance(clock, Duration.ofHours(1));
        assertChecked(owner, "tcp", relayPort, "draining");
    }

    @Test
    void drainingAgainIsAnsweredAndToldAgain() throws IOException {
        openRelays(1);
        drain();
        assertTold(owner, 1);
        drain();
        assertTold(owner, 1);
        lander.advance(clock, SECOND);
        closeRelays(1);
        assertTold(owner, 0);
        drain();
        assertTold(owner, 0);
        assertNothingPushed(owner);
    }

    @Test
    void unregisteringLeavesRelaysOpenAndTheNewsGoOn() throws IOException {
        openRelays(1);
        drain();
        assertTold(owner, 1);
        assertEquals(0, owner.unregister("tcp", server.port(), relayPort));
        lander.advance(clock, SECOND);
        assertNothingPushed(owner);
        assertEcho(clients.get(0));
        clients.remove(0).close();
        assertTold(owner, 0);
    }

    @Test
    void flowsCountAsRelaysDo() throws IOException {
        try (UdpServer udp = UdpServer.echo();
                DatagramSocket first = new DatagramSocket();
                DatagramSocket second = new DatagramSocket()) {
            assertEquals(0, owner.register("udp", udp.port(), relayPort));
            exchange(first);
            lander.advance(clock, SECOND.multipliedBy(10));
            exchange(second);
            assertEquals(0, ask(owner, "udp", udp.port()));
            assertTold(owner, "udp", udp.port(), 2);
            lander.advance(clock, UDP_TIMEOUT.minus(SECOND.multipliedBy(10)).minus(MOMENT));
            assertNothingPushed(owner);
            lander.advance(clock, MOMENT);
            assertTold(owner, "udp", udp.port(), 1);
            lander.advance(clock, SECOND.multipliedBy(10));
            assertTold(owner, "udp", udp.port(), 0);
        }
    }

    @Test
    void anOperatorNamesAnybodysRegistrationAndBothAreTold() throws IOException {
        openRelays(2);
        sendOperatorDrain("127.0.0.1", "tcp", server.port());
        assertDone(operator.read());
        assertTold(operator, 2);
        assertTold(owner, 2);
        assertEquals("draining", ShownStatus.stateOf(observer, server.port()));
        lander.advance(clock, SECOND);
        closeRelays(1);
        assertTold(operator, 1);
        assertTold(owner, 1);
        closeRelays(1);
        lander.advance(clock, SECOND);
        assertTold(operator, 0);
        assertTold(owner, 0);
        assertNothingPushed(operator);
        assertNothingPushed(owner);
    }

    @Test
    void anOperatorWhoIsTheOwnerIsToldOnce() throws IOException {
        openRelays(1);
        owner.send(
                "cmd", "drain", "host", "127.0.0.1", "protocol", "tcp", "port", server.port(), "relay_port", relayPort);
        assertDone(owner.read());
        assertTold(owner, 1);
        assertNothingPushed(owner);
    }

    @Test
    void whoAsksLaterIsToldAtOnceAndTheOthersOnlyOfChanges() throws IOException {
        openRelays(3);
        drain();
        assertTold(owner, 3);
        closeRelays(1);
        sendOperatorDrain("127.0.0.1", "tcp", server.port());
        assertDone(operator.read());
        assertTold(operator, 2);
        lander.advance(clock, SECOND);
        closeRelays(2);
        lander.advance(clock, SECOND);
        awaitTold(operator, 0);
        awaitTold(owner, 0);
    }

    @Test
    void theOperatorIsToldThoughTheOwnerHasGone() throws IOException {
        openRelays(1);
        sendOperatorDrain("127.0.0.1", "tcp", server.port());
        assertDone(operator.read());
        assertTold(operator, 1);
        owner.close();
        Await.until(
                "the registration has ended",
                () -> ShownStatus.of(observer).services().isEmpty());
        lander.advance(clock, SECOND);
        assertEcho(clients.get(0));
        clients.remove(0).close();
        assertTold(operator, 0);
    }

    @Test
    void theOwnerIsToldThoughTheOperatorHasGone() throws IOException {
        openRelays(1);
        sendOperatorDrain("127.0.0.1", "tcp", server.port());
        assertDone(operator.read());
        operator.close();
        assertTold(owner, 1);
        lander.advance(clock, SECOND);
        closeRelays(1);
        assertTold(owner, 0);
    }

    @Test
    void anUnknownRegistrationIsError4() throws IOException {
        sendOperatorDrain("127.0.0.2", "tcp", server.port());
        assertRefused(4, "127.0.0.2:" + server.port(), operator.reply());
        sendOperatorDrain("127.0.0.1", "udp", server.port());
        assertRefused(4, "udp/" + relayPort, operator.reply());
        sendOperatorDrain("127.0.0.1", "tcp", 9);
        assertRefused(4, "127.0.0.1:9", operator.reply());
        assertEquals("good", ShownStatus.stateOf(observer, server.port()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "", "127.0.0.256", "127.0.0.1/32", "::1%", "127.0.0.1:80"})
    void aHostThatIsNoAddressIsError1(String host) throws IOException {
        sendOperatorDrain(host, "tcp", server.port());
        assertRefused(1, "host", operator.reply());
        assertEquals("good", ShownStatus.stateOf(observer, server.port()));
    }

    @Test
    void aStrangerCannotDrainWithoutAHost() throws IOException {
        sendDrain(operator);
        assertRefused(4, "by this connection", operator.reply());
        assertEquals("good", ShownStatus.stateOf(observer, server.port()));
    }

    @Test
    void aTakeoverInTheTurnOfAChangeEndsTheOldNews() throws Exception {
        HeldClock held = new HeldClock();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                AnyLander another = AnyLander.start(new TestOptions(), held);
                ControlPeer before = another.control();
                ControlPeer after = another.control()) {
            int port = listener.getLocalPort();
            relayPort = FreePorts.next();
            assertNothingPushed(after);
            assertEquals(0, before.register("tcp", port, relayPort));
            try (Socket client = Clients.connect(relayPort);
                    Socket served = listener.accept()) {
                client.shutdownOutput();
                assertEquals(-1, served.getInputStream().read());
                assertEquals(0, ask(before, "tcp", port));
                assertTold(before, "tcp", port, 1);
                for (int i = 0; i < 3; i++) {
                    held.advance(SECOND.dividedBy(2));
                    assertTrue(another.lander().turnsWithin(LIMIT));
                }
                held.hold(another.lander()::reload, () -> {
                    served.shutdownOutput();
                    after.send("cmd", "register", "protocol", "tcp", "port", port, "relay_port", relayPort);
                });
                assertEquals(0, ControlPeer.error(after.reply()));
                assertEquals(0, ShownStatus.of(after).component(port).active());
                assertNothingPushed(before);
            }
        }
    }

    private void openRelays(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket client = Clients.connect(relayPort);
            clients.add(client);
            assertEcho(client);
        }
    }

    /** Returns when Lander knows. */
    private void closeRelays(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            clients.remove(0).close();
        }
        Await.until(
                "they are closed",
                () -> ShownStatus.of(observer).component(server.port()).active() == clients.size());
    }

    private static void assertEcho(Socket client) throws IOException {
        client.getOutputStream().write('x');
        assertEquals('x', client.getInputStream().read());
    }

    private void drain() throws IOException {
        assertEquals(0, ask(owner, "tcp", server.port()));
    }

    private void sendDrain(ControlPeer peer) throws IOException {
        peer.send("cmd", "drain", "protocol", "tcp", "port", server.port(), "relay_port", relayPort);
    }

    private int ask(ControlPeer peer, String protocol, int port) throws IOException {
        return peer.ask("cmd", "drain", "protocol", protocol, "port", port, "relay_port", relayPort);
    }

    private void sendOperatorDrain(String host, String protocol, int port) throws IOException {
        operator.send("cmd", "drain", "host", host, "protocol", protocol, "port", port, "relay_port", relayPort);
    }

    private void assertTold(ControlPeer peer, int active) throws IOException {
        assertTold(peer, "tcp", server.port(), active);
    }

    private void assertTold(ControlPeer peer, String protocol, int port, int active) throws IOException {
        assertPushed(
                peer, "cmd", "drain", "protocol", protocol, "port", port, "relay_port", relayPort, "active", active);
    }

    /** Reads news until they say this. */
    private static void awaitTold(ControlPeer peer, int active) throws IOException {
        int told;
        do {
            told = ControlPeer.field(peer.push(), "active").asIntegerValue().asInt();
        } while (told > active);
        assertEquals(active, told);
    }

    private void exchange(DatagramSocket client) throws IOException {
        client.setSoTimeout(10_000);
        InetSocketAddress relay = new InetSocketAddress(InetAddress.getLoopbackAddress(), relayPort);
        client.send(new DatagramPacket(new byte[1], 1, relay));
        client.receive(new DatagramPacket(new byte[1], 1));
    }
}
