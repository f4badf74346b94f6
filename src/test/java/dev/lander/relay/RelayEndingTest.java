package dev.lander.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.metrics.Counter;
import dev.lander.relay.tcp.FullListener;
import dev.lander.relay.udp.UdpPeer;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.HeldLander;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When Lander ends, or a service does, nobody who was there already is turned away. */
final class RelayEndingTest {
    private static final int WAITING = 100;

    private static final int CUT_RELAYS = 200;

    @Test
    void openRelaysMayFinish() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            assertTrue(rig.lander().lander().end());
            assertRefusedFromNowOn(rig);
            for (int i = 0; i < 100; i++) {
                ends.client().getOutputStream().write(i);
                assertEquals(i, ends.component().getInputStream().read());
                ends.component().getOutputStream().write(i);
                assertEquals(i, ends.client().getInputStream().read());
            }
            assertFalse(rig.lander().hasEnded());
            ends.client().close();
            assertEquals(-1, ends.component().getInputStream().read());
            ends.component().close();
            awaitEnded(rig);
        }
    }

    @Test
    void relaysAreCutAfterTheDrainTimeout() throws Exception {
        TestOptions options = new TestOptions();
        options.drainTimeout = Duration.ofMillis(500);
        try (RelayRig rig = RelayRig.start(options)) {
            RelayRig.Ends ends = rig.relay();
            rig.lander().lander().end();
            assertEquals(0, Received.from(ends.client()).length());
            assertEquals(0, Received.from(ends.component()).length());
            awaitEnded(rig);
        }
    }

    @Test
    void secondCallDoesNothing() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            assertTrue(rig.lander().lander().end());
            assertFalse(rig.lander().lander().end());
            ends.client().getOutputStream().write(1);
            assertEquals(1, ends.component().getInputStream().read());
        }
    }

    @Test
    void endsAtOnceWhenNothingIsOpen() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                UdpServer udp = UdpServer.echo();
                TcpServer tcp = TcpServer.echo()) {
            rig.register("tcp", tcp.port());
            rig.register("udp", udp.port());
            rig.lander().lander().end();
            awaitEnded(rig); // though its clock stands still
        }
    }

    @Test
    void clientsInTheAcceptQueueAreServedWhenLanderEnds() throws Exception {
        int relayPort = FreePorts.next();
        try (TcpServer teller = TcpServer.tellingItsPort();
                HeldLander lander = HeldLander.start(new TestOptions());
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", teller.port(), relayPort));
            lander.hold();
            List<Socket> clients = connect(relayPort);
            lander.lander().end();
            lander.release();
            assertServed(teller, clients);
            assertRefused(relayPort);
        }
    }

    @Test
    void clientsInTheAcceptQueueAreServedWhenTheLastComponentUnregisters() throws Exception {
        int relayPort = FreePorts.next();
        try (TcpServer teller = TcpServer.tellingItsPort();
                HeldLander lander = HeldLander.start(new TestOptions());
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", teller.port(), relayPort));
            lander.hold();
            control.send("cmd", "unregister", "protocol", "tcp", "port", teller.port(), "relay_port", relayPort);
            List<Socket> clients = connect(relayPort);
            lander.release();
            assertServed(teller, clients);
            assertEquals(0, ControlPeer.error(control.reply()));
            assertRefused(relayPort);
        }
    }

    @Test
    void clientsInTheAcceptQueueAreServedWhenTheLastComponentsConnectionEnds() throws Exception {
        int relayPort = FreePorts.next();
        try (TcpServer teller = TcpServer.tellingItsPort();
                HeldLander lander = HeldLander.start(new TestOptions());
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", teller.port(), relayPort));
            lander.hold();
            control.socket().close();
            List<Socket> clients = connect(relayPort);
            lander.release();
            assertServed(teller, clients);
            Await.until("the port is closed", () -> isRefused(relayPort));
        }
    }

    @Test
    void clientsThatComeWhileThePortIsHandedOnAreServed() throws Exception {
        int relayPort = FreePorts.next();
        try (TcpServer before = TcpServer.tellingItsPort();
                TcpServer after = TcpServer.tellingItsPort();
                HeldLander lander = HeldLander.start(new TestOptions());
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", before.port(), relayPort));
            lander.hold();
            control.send("cmd", "unregister", "protocol", "tcp", "port", before.port(), "relay_port", relayPort);
            control.send("cmd", "register", "protocol", "tcp", "port", after.port(), "relay_port", relayPort);
            List<Socket> clients = connect(relayPort);
            lander.release();
            assertServed(before, clients);
            assertEquals(0, ControlPeer.error(control.reply()));
            assertEquals(0, ControlPeer.error(control.reply()));
            assertServed(after, connect(relayPort));
        }
    }

    @Test
    void datagramsThatComeWhileItEndsAreCounted() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port());
            rig.relay(); // which the end waits for
            rig.lander().lander().end();
            rig.letTurn();
            client.send("late", rig.address());
            client.send("later", rig.address());
            Await.until("both are dropped", () -> rig.lander().counted(Counter.DATAGRAM_ENDING) == 2);
        }
    }

    @Test
    void answersToEarlierDatagramsPassForASecond() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port());
            client.send("early", rig.address());
            UdpPeer.Datagram early = component.receive();
            rig.lander().lander().end();
            rig.letTurn();
            client.send("late", rig.address());
            rig.letTurn();
            component.assertNothingComes();
            rig.advance(Duration.ofMillis(999));
            component.send("answer", early.from());
            assertEquals("answer", client.receive().text());
            assertFalse(rig.lander().hasEnded());
            rig.advanceToTheEnd(Duration.ofMillis(1));
        }
    }

    @Test
    void udpPortsCloseAfterTheirSecondThoughRelaysAreOpen() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                UdpPeer component = new UdpPeer()) {
            rig.register("udp", component.port());
            RelayRig.Ends relay = rig.relay();
            rig.lander().lander().end();
            rig.letTurn();
            rig.advance(Duration.ofMillis(1_500));
            try (UdpPeer successor = new UdpPeer(rig.port())) {
                assertEquals(rig.port(), successor.port(), "a successor binds the port");
            }
            relay.client().getOutputStream().write(9);
            assertEquals(9, relay.component().getInputStream().read());
        }
    }

    @Test
    void controlConnectionsCloseAfterTheRelaysThatAreCut() throws Exception {
        TestOptions options = new TestOptions();
        options.drainTimeout = Duration.ofMillis(100);
        try (RelayRig rig = RelayRig.start(options)) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            List<RelayRig.Ends> relays = new ArrayList<>();
            for (int i = 0; i < CUT_RELAYS; i++) {
                relays.add(rig.relayTo(component));
            }
            rig.lander().lander().end();
            rig.control().awaitClosed();
            for (RelayRig.Ends relay : relays) {
                relay.client().setSoTimeout(1);
                assertEquals(-1, relay.client().getInputStream().read(), "cut before");
            }
        }
    }

    @Test
    void relayThatStillConnectsMayFinish() throws Exception {
        try (RelayRig rig = RelayRig.start();
                FullListener full = new FullListener()) {
            rig.register("tcp", full.port());
            Socket client = rig.connect();
            Await.until("the connect is under way", () -> rig.sum("active") == 1);
            rig.lander().lander().end();
            assertRefusedFromNowOn(rig);
            Socket component = full.letIn();
            client.getOutputStream().write(8);
            assertEquals(8, component.getInputStream().read());
            client.close();
            component.close();
            awaitEnded(rig);
        }
    }

    private static List<Socket> connect(int relayPort) throws IOException {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < WAITING; i++) {
            Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort);
            client.setSoTimeout(10_000);
            clients.add(client);
        }
        return clients;
    }

    private static void assertServed(TcpServer by, List<Socket> clients) throws IOException {
        for (Socket client : clients) {
            assertEquals(Integer.toString(by.port()), Received.from(client).text());
            client.close();
        }
    }

    private static void assertRefused(int relayPort) throws IOException {
        assertTrue(isRefused(relayPort), "nobody listens on the relay port");
    }

    private static boolean isRefused(int relayPort) throws IOException {
        try (Socket accepted = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
            return !accepted.isConnected();
        } catch (ConnectException refused) {
            return true;
        }
    }

    private static void assertRefusedFromNowOn(RelayRig rig) throws IOException {
        rig.letTurn();
        assertRefused(rig.port());
    }

    private static void awaitEnded(RelayRig rig) {
        Await.until("it has ended", rig.lander()::hasEnded);
    }
}
