package dev.lander.relay.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.RelayRig;
import dev.lander.relay.SystemSockets;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.HeldLander;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long a client's flow lives, and whose its socket is. */
final class UdpFlowTest {
    private static TestOptions options() {
        TestOptions options = new TestOptions();
        options.udpTimeout = Duration.ofSeconds(10);
        options.healthInterval = Duration.ofHours(1);
        return options;
    }

    @Test
    void flowEndsWhenItIsSilentForTheTimeout() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port());
            int first = rig.pass(client, component).fromPort();
            rig.advance(Duration.ofSeconds(9));
            assertEquals(first, rig.send(client, component).fromPort());
            rig.advance(Duration.ofSeconds(9));
            UdpPeer.Datagram request = rig.send(client, component);
            assertEquals(first, request.fromPort(), "a request keeps it");
            rig.advance(Duration.ofSeconds(9));
            component.send("late", request.from());
            assertEquals("late", client.receive().text());
            rig.advance(Duration.ofSeconds(9));
            assertEquals(1, rig.sum("active"), "an answer keeps it");
            rig.advance(Duration.ofSeconds(1));
            assertEquals(0, rig.sum("active"));
            component.send("too late", request.from());
            rig.letTurn();
            client.assertNothingComes();
            assertNotEquals(first, rig.pass(client, component).fromPort());
        }
    }

    @Test
    void atTheLimitTheLeastRecentlyUsedFlowMakesRoom() throws Exception {
        TestOptions options = options();
        options.maxUdpFlows = 3;
        try (RelayRig rig = RelayRig.startWithMovedClock(options);
                UdpPeer component = new UdpPeer();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer();
                UdpPeer c = new UdpPeer();
                UdpPeer d = new UdpPeer()) {
            rig.register("udp", component.port());
            int ofA = rig.pass(a, component).fromPort();
            int ofB = rig.pass(b, component).fromPort();
            UdpPeer.Datagram fromC = rig.send(c, component);
            assertEquals(ofA, rig.pass(a, component).fromPort());
            component.send("kept", fromC.from());
            assertEquals("kept", c.receive().text());
            int ofD = rig.pass(d, component).fromPort();
            assertEquals(3, rig.sum("active"));
            assertEquals(ofA, rig.pass(a, component).fromPort());
            assertEquals(fromC.fromPort(), rig.pass(c, component).fromPort());
            assertEquals(ofD, rig.pass(d, component).fromPort());
            assertNotEquals(ofB, rig.pass(b, component).fromPort(), "the flow of B had to go");
            assertEquals(3, rig.sum("active"));
        }
    }

    @Test
    void oneFlowIsEnoughForMany() throws Exception {
        TestOptions options = options();
        options.maxUdpFlows = 1;
        try (RelayRig rig = RelayRig.start(options);
                UdpServer echo = UdpServer.echo()) {
            rig.register("udp", echo.port());
            for (int i = 0; i < 50; i++) {
                try (UdpPeer client = new UdpPeer()) {
                    assertEquals("mine", client.ask("mine", rig.address()));
                }
                assertEquals(1, rig.sum("active"));
            }
        }
    }

    @Test
    void withAffinityAClientStaysWithItsComponent() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpServer first = tellingItsPort();
                UdpServer second = tellingItsPort();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer();
                UdpPeer c = new UdpPeer()) {
            rig.register("udp", first.port(), "affinity", "client");
            rig.register("udp", second.port());
            for (int i = 0; i < 10; i++) {
                assertServed(first, a, rig);
                assertServed(second, b, rig);
                assertServed(first, c, rig);
            }
            rig.advance(Duration.ofSeconds(10));
            assertServed(second, a, rig); // its flow is over, and it was the second's turn
        }
    }

    @Test
    void aClientStaysWhileNobodyIsInRotation() throws Exception {
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofSeconds(1);
        options.healthMisses = 2;
        try (RelayRig rig = RelayRig.startWithMovedClock(options);
                UdpServer first = tellingItsPort();
                UdpServer second = tellingItsPort();
                UdpPeer a = new UdpPeer()) {
            rig.register("udp", first.port(), "affinity", "client");
            rig.register("udp", second.port());
            assertServed(first, a, rig);
            assertEquals(0, rig.control().report("udp", rig.port(), "good"));
            rig.advance(Duration.ofMillis(3_500)); // two checks that nobody answers
            assertEquals("silent", rig.state("udp", first.port()));
            assertEquals("silent", rig.state("udp", second.port()));
            for (int i = 0; i < 5; i++) {
                assertServed(first, a, rig);
            }
        }
    }

    @Test
    void clientsOfABadComponentGoToAnotherAtOnce() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                ControlPeer other = rig.lander().control();
                UdpServer first = tellingItsPort();
                UdpServer second = tellingItsPort();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer()) {
            rig.register("udp", first.port(), "affinity", "client");
            assertEquals(0, other.register("udp", second.port(), rig.port()));
            assertServed(first, a, rig);
            assertServed(second, b, rig);
            assertEquals(0, rig.control().report("udp", rig.port(), "bad"));
            assertServed(second, a, rig);
            assertServed(second, b, rig);
            assertEquals(0, rig.control().report("udp", rig.port(), "good"));
            for (int i = 0; i < 5; i++) {
                assertServed(second, a, rig); // where its flow is now
            }
        }
    }

    @Test
    void clientsOfAComponentThatLeavesGoToAnotherAtOnce() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpServer first = tellingItsPort();
                UdpServer second = tellingItsPort();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer()) {
            rig.register("udp", first.port(), "affinity", "client");
            rig.register("udp", second.port());
            assertServed(first, a, rig);
            assertServed(second, b, rig);
            rig.unregister("udp", first.port());
            assertServed(second, a, rig);
            rig.unregister("udp", second.port());
            rig.register("udp", first.port(), "affinity", "client");
            assertServed(first, a, rig);
            assertServed(first, b, rig);
        }
    }

    @Test
    void clientsOfADrainingComponentGoToAnotherAtOnce() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpServer first = tellingItsPort();
                UdpServer second = tellingItsPort();
                UdpPeer a = new UdpPeer()) {
            rig.register("udp", first.port(), "affinity", "client");
            rig.register("udp", second.port());
            assertServed(first, a, rig);
            rig.drain("udp", first.port());
            assertServed(second, a, rig);
            assertServed(second, a, rig);
        }
    }

    @Test
    void answeredSocketServesTheNextClient() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpPeer component = new UdpPeer();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            int ofA = rig.pass(a, component).fromPort();
            for (int i = 0; i < 5; i++) {
                assertEquals(ofA, rig.pass(b, component).fromPort());
                assertEquals(ofA, rig.pass(a, component).fromPort());
            }
            assertEquals(0, rig.sum("active"), "no answer is to come");
        }
    }

    @Test
    void lateAnswerReachesItsOwnClientAndNoOther() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpPeer component = new UdpPeer();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer();
                UdpPeer c = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            UdpPeer.Datagram fromA = rig.send(a, component);
            int ofB = rig.pass(b, component).fromPort();
            assertNotEquals(fromA.fromPort(), ofB, "the socket of A is not free");
            assertEquals(ofB, rig.pass(c, component).fromPort());
            rig.advance(Duration.ofSeconds(9));
            assertEquals(ofB, rig.pass(b, component).fromPort());
            component.send("for A", fromA.from());
            assertEquals("for A", a.receive().text());
            b.assertNothingComes();
            c.assertNothingComes();
        }
    }

    @Test
    void answerAfterTheTimeoutReachesNobody() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpPeer component = new UdpPeer();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            UdpPeer.Datagram fromA = rig.send(a, component);
            rig.advance(Duration.ofSeconds(10));
            assertEquals(0, rig.sum("active"));
            UdpPeer.Datagram fromB = rig.send(b, component);
            component.send("for A", fromA.from());
            component.send("for B", fromB.from());
            assertEquals("for B", b.receive().text());
            a.assertNothingComes();
            b.assertNothingComes();
        }
    }

    @Test
    void socketIsFreeOnlyAfterAllDeclaredAnswers() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpPeer component = new UdpPeer();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer();
                UdpPeer c = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 3);
            UdpPeer.Datagram fromA = rig.send(a, component);
            component.send("1", fromA.from());
            component.send("2", fromA.from());
            assertEquals("1", a.receive().text());
            assertEquals("2", a.receive().text());
            UdpPeer.Datagram fromB = rig.send(b, component);
            assertNotEquals(fromA.fromPort(), fromB.fromPort());
            component.send("3", fromA.from());
            assertEquals("3", a.receive().text());
            assertEquals(fromA.fromPort(), rig.send(c, component).fromPort());
        }
    }

    @Test
    void severalRequestsOweSeveralAnswers() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpPeer component = new UdpPeer();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer();
                UdpPeer c = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            UdpPeer.Datagram fromA = rig.send(a, component);
            assertEquals(fromA.fromPort(), rig.send(a, component).fromPort());
            component.send("first", fromA.from());
            assertEquals("first", a.receive().text());
            assertNotEquals(fromA.fromPort(), rig.send(b, component).fromPort());
            component.send("second", fromA.from());
            assertEquals("second", a.receive().text());
            assertEquals(fromA.fromPort(), rig.send(c, component).fromPort());
        }
    }

    @Test
    void longestSettledSocketIsHandedOutFirst() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpPeer component = new UdpPeer();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer();
                UdpPeer c = new UdpPeer();
                UdpPeer d = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            UdpPeer.Datagram fromA = rig.send(a, component);
            UdpPeer.Datagram fromB = rig.send(b, component);
            component.send("B first", fromB.from());
            assertEquals("B first", b.receive().text());
            component.send("then A", fromA.from());
            assertEquals("then A", a.receive().text());
            assertEquals(fromB.fromPort(), rig.send(c, component).fromPort());
            assertEquals(fromA.fromPort(), rig.send(d, component).fromPort());
        }
    }

    @Test
    void moreAnswersThanDeclaredReachTheClientThatAsked() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpPeer component = new UdpPeer();
                UdpPeer a = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            UdpPeer.Datagram fromA = rig.send(a, component);
            component.send("one", fromA.from());
            component.send("another", fromA.from());
            assertEquals("one", a.receive().text());
            assertEquals("another", a.receive().text());
        }
    }

    @Test
    void surplusAnswerSettlesNoLaterRequest() throws Exception {
        try (RelayRig rig = RelayRig.start(options());
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                UdpPeer other = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            client.send("first", rig.address());
            UdpPeer.Datagram first = component.answer("first", "answer");
            component.send("answer", first.from()); // as when the network doubles it
            assertEquals("answer", client.receive().text());
            assertEquals("answer", client.receive().text());
            client.send("second", rig.address());
            UdpPeer.Datagram second = component.receive();
            other.send("third", rig.address());
            assertNotEquals(second.fromPort(), component.receive().fromPort());
            component.send("secret", second.from());
            assertEquals("secret", client.receive().text());
        }
    }

    @Test
    void withAffinityAClientThatReturnsToAnEarlierFlowStaysThere() throws Exception {
        try (RelayRig rig = RelayRig.start(options());
                ControlPeer second = rig.lander().control();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", a.port(), "affinity", "client");
            assertEquals(0, second.register("udp", b.port(), rig.port()));
            rig.send(client, a);
            rig.control().report("udp", rig.port(), "bad");
            rig.send(client, b);
            rig.control().report("udp", rig.port(), "good");
            second.report("udp", rig.port(), "bad");
            rig.send(client, a);
            second.report("udp", rig.port(), "good");
            for (int i = 0; i < 10; i++) {
                rig.send(client, a);
            }
        }
    }

    @Test
    void socketOfAOneWayServiceIsFreeAtOnce() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpPeer component = new UdpPeer();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 0);
            UdpPeer.Datagram fromA = rig.send(a, component);
            assertEquals(fromA.fromPort(), rig.send(b, component).fromPort(), "free at once");
            assertEquals(0, rig.sum("active"), "no answer is to come");
        }
    }

    @Test
    void undeclaredAnswerIsNotGivenToTheNextClient() throws Exception {
        int relayPort = FreePorts.next();
        SocketAddress relay = new InetSocketAddress(InetAddress.getLoopbackAddress(), relayPort);
        for (String request : new String[] {"request", ""}) { // an empty one disconnects the socket
            try (HeldLander lander = HeldLander.start(options());
                    ControlPeer control = lander.control();
                    UdpPeer component = new UdpPeer();
                    UdpPeer a = new UdpPeer();
                    UdpPeer b = new UdpPeer()) {
                assertEquals(0, control.register("udp", component.port(), relayPort, "responses", 1));
                a.send(request, relay);
                UdpPeer.Datagram fromA = component.answer(request, "declared");
                assertEquals("declared", a.receive().text());
                lander.hold();
                b.send("request of B", relay); // is read first, and takes the socket
                component.send("not declared", fromA.from());
                component.send("", fromA.from());
                component.send("neither", fromA.from());
                lander.release();
                UdpPeer.Datagram fromB = component.answer("request of B", "for B");
                assertEquals(fromA.fromPort(), fromB.fromPort());
                assertEquals("for B", b.receive().text());
                b.assertNothingComes();
                a.assertNothingComes();
            }
        }
    }

    @Test
    void withoutDeclarationASocketStaysItsClients() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpPeer component = new UdpPeer();
                UdpPeer a = new UdpPeer();
                UdpPeer b = new UdpPeer()) {
            rig.register("udp", component.port());
            assertNotEquals(
                    rig.pass(a, component).fromPort(), rig.pass(b, component).fromPort());
            assertEquals(2, rig.sum("active"));
        }
    }

    @Test
    void endedFlowsLeaveNoDescriptorBehind() throws Exception {
        TestOptions options = options();
        options.maxUdpFlows = 100;
        try (RelayRig rig = RelayRig.startWithMovedClock(options);
                UdpServer echo = UdpServer.echo()) {
            rig.register("udp", echo.port());
            long before = SystemSockets.open();
            for (int i = 0; i < 500; i++) {
                try (UdpPeer client = new UdpPeer()) {
                    assertEquals("mine", client.ask("mine", rig.address()));
                }
            }
            rig.letTurn();
            assertTrue(SystemSockets.open() <= before + 100);
            rig.advance(Duration.ofSeconds(10));
            rig.letTurn();
            assertTrue(SystemSockets.open() <= before);
        }
    }

    private static void assertServed(UdpServer by, UdpPeer client, RelayRig rig) throws IOException {
        assertEquals(Integer.toString(by.port()), client.ask("who?", rig.address()));
    }

    private static UdpServer tellingItsPort() throws IOException {
        return UdpServer.serving((socket, request) -> {
            byte[] text = Integer.toString(socket.getLocalPort()).getBytes(StandardCharsets.US_ASCII);
            socket.send(new DatagramPacket(text, text.length, request.getSocketAddress()));
        });
    }
}
