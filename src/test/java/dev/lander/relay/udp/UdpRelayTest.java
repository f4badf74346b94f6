package dev.lander.relay.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.Background;
import dev.lander.relay.RandomStream;
import dev.lander.relay.Received;
import dev.lander.relay.RelayRig;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Datagrams from clients to components in turn, and the answers back. */
final class UdpRelayTest {
    private static final int[] SIZES = {0, 1, 1472, 9000, 65_507};
    private static final int[] SMALL_SIZES = {0, 1, 1_200};

    @Test
    void everyDatagramIsBalanced() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer first = tellingItsPort();
                UdpServer second = tellingItsPort();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", first.port());
            rig.register("udp", second.port());
            List<Integer> served = new ArrayList<>();
            List<Integer> inTurn = new ArrayList<>();
            for (int i = 0; i < 11; i++) {
                served.add(Integer.valueOf(client.ask("who?", rig.address())));
                inTurn.add(i % 2 == 0 ? first.port() : second.port());
            }
            assertEquals(inTurn, served);
            assertEquals(6, first.received());
            assertEquals(5, second.received());
            assertEquals(6, rig.number("udp", first.port(), "total"));
            assertEquals(5, rig.number("udp", second.port(), "total"));
            assertEquals(24, rig.number("udp", first.port(), "bytes_in"));
            assertEquals(30, rig.number("udp", first.port(), "bytes_out"));
        }
    }

    @Test
    void datagramsOfAllSizesPassUnchangedBothWays() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port());
            Set<Integer> upstreamPorts = new HashSet<>();
            for (int size : SIZES) {
                for (int answerSize : SIZES) {
                    byte[] request = new RandomStream(System.nanoTime(), size).bytes();
                    byte[] answer = new RandomStream(System.nanoTime(), answerSize).bytes();
                    client.send(request, rig.address());
                    UdpPeer.Datagram came = component.receive();
                    assertArrayEquals(request, came.bytes());
                    component.send(answer, came.from());
                    UdpPeer.Datagram back = client.receive();
                    assertArrayEquals(answer, back.bytes());
                    assertEquals(rig.address(), back.from());
                    upstreamPorts.add(came.fromPort());
                }
            }
            assertEquals(1, upstreamPorts.size(), "one upstream socket for one client");
        }
    }

    @Test
    void emptyDatagramsPassToEachOfSeveralComponents() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer first = UdpServer.echo();
                UdpServer second = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", first.port());
            rig.register("udp", second.port());
            for (int i = 0; i < 6; i++) {
                assertEquals("", client.ask("", rig.address()));
                assertEquals("full", client.ask("full", rig.address()));
            }
            assertEquals(6, first.received());
        }
    }

    @Test
    void emptyDatagramsAreAnswersToo() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port());
            for (int i = 0; i < 3; i++) {
                client.send("say nothing", rig.address());
                UdpPeer.Datagram request = component.answer("say nothing", "");
                component.send("or something", request.from());
                assertEquals("", client.receive().text());
                assertEquals("or something", client.receive().text());
            }
        }
    }

    @Test
    void strangersCannotAnswerOverAFlowThatHasSentAnEmptyDatagram() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpPeer component = new UdpPeer();
                UdpPeer stranger = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port());
            client.send("", rig.address());
            UdpPeer.Datagram request = component.receive();
            stranger.send("forged", request.from());
            stranger.send("", request.from());
            component.send("true", request.from());
            assertEquals("true", client.receive().text());
            client.assertNothingComes();
        }
    }

    @Test
    void burstOfAnswersPassesWhole() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            int burst = client.burst();
            rig.register("udp", component.port());
            client.send("all of it", rig.address());
            UdpPeer.Datagram request = component.receive();
            for (int i = 0; i < burst; i++) {
                component.send("part " + i, request.from());
            }
            for (int i = 0; i < burst; i++) {
                assertEquals("part " + i, client.receive().text());
            }
        }
    }

    @Test
    void fiftyClientsAtOnceGetTheirOwnAnswers() throws Exception {
        int clients = 50;
        int rounds = 20;
        try (RelayRig rig = RelayRig.start();
                UdpServer first = UdpServer.echo();
                UdpServer second = UdpServer.echo()) {
            rig.register("udp", first.port());
            rig.register("udp", second.port());
            List<Background<Boolean>> asking = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                String name = "client " + i;
                asking.add(Background.run(() -> {
                    try (UdpPeer client = new UdpPeer()) {
                        for (int round = 0; round < rounds; round++) {
                            assertEquals(name + "/" + round, client.ask(name + "/" + round, rig.address()));
                        }
                    }
                }));
            }
            for (Background<Boolean> client : asking) {
                assertTrue(client.result());
            }
            assertEquals(clients * rounds / 2, first.received());
            assertEquals(clients * rounds / 2, second.received());
        }
    }

    @Test
    void burstFromOneSocketIsAnsweredWhole() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            int burst = client.burst();
            rig.register("udp", component.port());
            for (int i = 0; i < burst; i++) {
                client.send(Integer.toString(i), rig.address());
            }
            Background<Boolean> answering = Background.run(() -> {
                for (int i = 0; i < burst; i++) {
                    component.answer(Integer.toString(i), Integer.toString(i));
                }
            });
            BitSet answered = new BitSet();
            for (int i = 0; i < burst; i++) {
                answered.set(Integer.parseInt(client.receive().text()));
            }
            assertEquals(burst, answered.cardinality());
            assertTrue(answering.result());
        }
    }

    @Test
    void longDatagramsThatComeTogetherPassWholeBothWays() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port());
            List<byte[]> datagrams = new ArrayList<>();
            int longOnes = client.burst(10, 60_000);
            for (int i = 0; i < longOnes; i++) {
                datagrams.add(new RandomStream(System.nanoTime(), 60_000).bytes());
                datagrams.add(new RandomStream(System.nanoTime(), SMALL_SIZES[i % SMALL_SIZES.length]).bytes());
            }
            rig.inOneTurn(() -> {
                for (byte[] datagram : datagrams) {
                    client.send(datagram, rig.address());
                }
            });
            List<UdpPeer.Datagram> came = new ArrayList<>();
            for (byte[] datagram : datagrams) {
                came.add(component.receive());
                assertArrayEquals(datagram, came.get(came.size() - 1).bytes());
            }
            rig.inOneTurn(() -> {
                for (UdpPeer.Datagram request : came) {
                    component.send(request.bytes(), request.from());
                }
            });
            for (byte[] datagram : datagrams) {
                assertArrayEquals(datagram, client.receive().bytes());
            }
        }
    }

    @Test
    void manyClientsDatagramsAndAnswersThatComeTogetherAreNotMixedUp() throws Exception {
        int count = 300;
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                UdpPeer component = new UdpPeer()) {
            rig.register("udp", component.port());
            List<UdpPeer> clients = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                clients.add(rig.own(new UdpPeer()));
            }
            rig.inOneTurn(() -> {
                for (int i = 0; i < count; i++) {
                    clients.get(i).send("client " + i, rig.address());
                }
            });
            List<UdpPeer.Datagram> came = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                came.add(component.receive());
                assertEquals("client " + i, came.get(i).text());
            }
            rig.inOneTurn(() -> {
                for (UdpPeer.Datagram request : came) {
                    component.send("for " + request.text(), request.from());
                }
            });
            for (int i = 0; i < count; i++) {
                assertEquals("for client " + i, clients.get(i).receive().text());
            }
        }
    }

    @Test
    void answerThatComesBeforeItsComponentUnregistersPasses() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            int port = component.port();
            rig.register("udp", port);
            client.send("request", rig.address());
            UdpPeer.Datagram request = component.receive();
            rig.inOneTurn(() -> {
                component.send("answer", request.from());
                rig.control().send("cmd", "unregister", "protocol", "udp", "port", port, "relay_port", rig.port());
            });
            assertEquals("answer", client.receive().text());
            assertEquals(0, ControlPeer.error(rig.control().reply()));
        }
    }

    @Test
    void upstreamSocketIsKeptForAClientAndAComponent() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer first = tellingTheSender();
                UdpServer second = tellingTheSender();
                UdpPeer client = new UdpPeer();
                UdpPeer other = new UdpPeer()) {
            rig.register("udp", first.port());
            rig.register("udp", second.port());
            String atFirst = client.ask("who am I?", rig.address());
            String atSecond = client.ask("who am I?", rig.address());
            assertNotEquals(atFirst, atSecond);
            String otherAtFirst = other.ask("who am I?", rig.address());
            String otherAtSecond = other.ask("who am I?", rig.address());
            assertEquals(
                    4, Set.of(atFirst, atSecond, otherAtFirst, otherAtSecond).size());
            for (int i = 0; i < 10; i++) {
                assertEquals(atFirst, client.ask("and now?", rig.address()));
                assertEquals(atSecond, client.ask("and now?", rig.address()));
            }
            assertEquals(4, rig.sum("active"));
        }
    }

    @Test
    void sameNumberServesTcpAndUdp() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer udp = UdpServer.echo();
                TcpServer tcp = TcpServer.tellingItsPort();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", udp.port());
            rig.register("tcp", tcp.port());
            assertEquals("datagram", client.ask("datagram", rig.address()));
            try (Socket stream = rig.connect()) {
                assertEquals(Integer.toString(tcp.port()), Received.from(stream).text());
            }
            rig.unregister("tcp", tcp.port());
            assertEquals("still", client.ask("still", rig.address()));
        }
    }

    @Test
    void datagramsForNobodyAreDropped() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer server = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", server.port());
            assertEquals(0, rig.control().report("udp", rig.port(), "bad"));
            client.send("lost", rig.address());
            rig.letTurn();
            assertEquals(0, rig.control().report("udp", rig.port(), "good"));
            assertEquals("found", client.ask("found", rig.address()));
            assertEquals(1, server.received());
        }
    }

    @Test
    void onlyComponentsInRotationGetDatagrams() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer first = tellingItsPort();
                UdpServer second = tellingItsPort();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", first.port());
            rig.register("udp", second.port());
            client.ask("a", rig.address());
            client.ask("b", rig.address());
            rig.unregister("udp", first.port());
            for (int i = 0; i < 5; i++) {
                assertEquals(Integer.toString(second.port()), client.ask("c", rig.address()));
            }
            assertEquals(1, rig.sum("active"));
        }
    }

    @Test
    void relayPortIsReleasedAndTakenAgain() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer server = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            for (int i = 0; i < 10; i++) {
                rig.register("udp", server.port());
                assertEquals("here", client.ask("here", rig.address()));
                rig.unregister("udp", server.port());
                new DatagramSocket(rig.port()).close(); // free
            }
        }
    }

    @Test
    void longestDatagramWithoutRoomForItsHeaderIsDropped() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port(), "proxy_protocol", "v2");
            client.send(new byte[65_507], rig.address());
            client.send("short", rig.address());
            assertEquals(28 + 5, component.receive().bytes().length, "the header is still to come");
            client.send(new byte[65_507], rig.address());
            assertEquals(65_507, component.receive().bytes().length);
        }
    }

    private static UdpServer tellingItsPort() throws IOException {
        return UdpServer.serving((socket, request) -> answer(socket, request, socket.getLocalPort()));
    }

    private static UdpServer tellingTheSender() throws IOException {
        return UdpServer.serving((socket, request) -> answer(socket, request, request.getPort()));
    }

    private static void answer(DatagramSocket socket, DatagramPacket request, int number) throws IOException {
        byte[] text = Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
        socket.send(new DatagramPacket(text, text.length, request.getSocketAddress()));
    }
}
