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
            int first = pass(rig, client, component);
            rig.advance(Duration.ofSeconds(9));
            assertEquals(first, send(rig, client, component).fromPort());
            rig.advance(Duration.ofSeconds(9));
            UdpPeer.Datagram request = send(rig, client, component);
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
            assertNotEquals(first, pass(rig, client, component));
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
            int ofA = pass(rig, a, component);
            int ofB = pass(rig, b, component);
            UdpPeer.Datagram fromC = send(rig, c, component);
            assertEquals(ofA, pass(rig, a, component));
            component.send("kept", fromC.from());
            assertEquals("kept", c.receive().text());
            int ofD = pass(rig, d, component);
            assertEquals(3, rig.sum("active"));
            assertEquals(ofA, pass(rig, a, component));
            assertEquals(fromC.fromPort(), pass(rig, c, component));
            assertEquals(ofD, pass(rig, d, component));
            assertNotEquals(ofB, pass(rig, b, component), "the flow of B had to go");
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
            int ofA = pass(rig, a, component);
            for (int i = 0; i < 5; i++) {
                assertEquals(ofA, pass(rig, b, component));
                assertEquals(ofA, pass(rig, a, component));
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
            UdpPeer.Datagram fromA = send(rig, a, component);
            int ofB = pass(rig, b, component);
            assertNotEquals(fromA.fromPort(), ofB, "the socket of A is not free");
            assertEquals(ofB, pass(rig, c, component));
            rig.advance(Duration.ofSeconds(9));
            assertEquals(ofB, pass(rig, b, component));
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
            UdpPeer.Datagram fromA = send(rig, a, component);
            rig.advance(Duration.ofSeconds(10));
            assertEquals(0, rig.sum("active"));
            UdpPeer.Datagram fromB = send(rig, b, component);
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
            UdpPeer.Datagram fromA = send(rig, a, component);
            component.send("1", fromA.from());
            component.send("2", fromA.from());
            assertEquals("1", a.receive().text());
            assertEquals("2", a.receive().text());
            UdpPeer.Datagram fromB = send(rig, b, component);
            assertNotEquals(fromA.fromPort(), fromB.fromPort());
            component.send("3", fromA.from());
            assertEquals("3", a.receive().text());
            assertEquals(fromA.fromPort(), send(rig, c, component).fromPort());
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
            UdpPeer.Datagram fromA = send(rig, a, component);
            assertEquals(fromA.fromPort(), send(rig, a, component).fromPort());
            component.send("first", fromA.from());
            assertEquals("first", a.receive().text());
            assertNotEquals(fromA.fromPort(), send(rig, b, component).fromPort());
            component.send("second", fromA.from());
            assertEquals("second", a.receive().text());
            assertEquals(fromA.fromPort(), send(rig, c, component).fromPort());
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
            UdpPeer.Datagram fromA = send(rig, a, component);
            UdpPeer.Datagram fromB = send(rig, b, component);
            component.send("B first", fromB.from());
            assertEquals("B first", b.receive().text());
            component.send("then A", fromA.from());
            assertEquals("then A", a.receive().text());
            assertEquals(fromB.fromPort(), send(rig, c, component).fromPort());
            assertEquals(fromA.fromPort(), send(rig, d, component).fromPort());
        }
    }

    @Test
    void moreAnswersThanDeclaredReachTheClientThatAsked() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options());
                UdpPeer component = new UdpPeer();
                UdpPeer a = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            UdpPeer.Datagram fromA = send(rig, a, component);
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
            send(rig, client, a);
            rig.control().report("udp", rig.port(), "bad");
            send(rig, client, b);
            rig.control().report("udp", rig.port(), "good");
            second.report("udp", rig.port(), "bad");
            send(rig, client, a);
            second.report("udp", rig.port(), "good");
            for (int i = 0; i < 10; i++) {
                send(rig, client, a);
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
            UdpPeer.Datagram fromA = send(rig, a, component);
            assertEquals(fromA.fromPort(), send(rig, b, component).fromPort(), "free at once");
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
            assertNotEquals(pass(rig, a, component), pass(rig, b, component));
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

    private static UdpPeer.Datagram send(RelayRig rig, UdpPeer client, UdpPeer component) throws IOException {
        client.send("request", rig.address());
        UdpPeer.Datagram request = component.receive();
        assertEquals("request", request.text());
        return request;
    }

    /** Passes a request and its answer; returns the upstream socket's port. */
    private static int pass(RelayRig rig, UdpPeer client, UdpPeer component) throws IOException {
        UdpPeer.Datagram request = send(rig, client, component);
        component.send("answer", request.from());
        assertEquals("answer", client.receive().text());
        return request.fromPort();
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
