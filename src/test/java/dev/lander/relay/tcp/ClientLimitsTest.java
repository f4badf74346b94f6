package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.metrics.Counter;
import dev.lander.relay.ClosedPort;
import dev.lander.relay.Received;
import dev.lander.relay.RelayRig;
import dev.lander.relay.udp.UdpPeer;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a service lets in: {@code max_new_per_second} and {@code max_per_client}. */
final class ClientLimitsTest {
    private static final byte[] REQUEST = {1, 2, 3};

    @Test
    void connectionsAboveTheRateAreClosedAtOnce() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                TcpServer teller = TcpServer.tellingItsPort()) {
            rig.register("tcp", teller.port(), "max_new_per_second", 5);
            assertEquals(5, served(rig, 8), "a second's worth at once");
            assertEquals(3, rig.lander().counted(Counter.CLIENT_RATE));
            rig.advance(Duration.ofMillis(400));
            assertEquals(2, served(rig, 4), "what has trickled in");
            rig.advance(Duration.ofSeconds(60));
            assertEquals(5, served(rig, 8), "no more than a second's worth is saved");
            assertEquals(0, rig.lander().counted(Counter.CLIENT_NO_COMPONENT));
            assertEquals(12, rig.sum("total"));
        }
    }

    @Test
    void aLowRateLetsOneInAtATime() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                TcpServer teller = TcpServer.tellingItsPort()) {
            rig.register("tcp", teller.port(), "max_new_per_second", 1);
            assertEquals(1, served(rig, 3));
            rig.advance(Duration.ofMillis(900));
            assertEquals(0, served(rig, 1));
            rig.advance(Duration.ofMillis(100));
            assertEquals(1, served(rig, 2));
        }
    }

    @Test
    void aClientAddressHasSoManyOpenAtMost() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_per_client", 2);
            RelayRig.Ends first = rig.relayTo(component);
            rig.relayTo(component);
            assertEquals("", Received.from(rig.connect()).text());
            assertEquals(1, rig.lander().counted(Counter.CLIENT_PER_CLIENT));
            try (Socket other = new Socket(rig.address().getAddress(), rig.port(), address("127.0.0.2"), 0)) {
                other.getOutputStream().write(7);
                assertEquals(7, rig.accept(component).getInputStream().read(), "another address has its own");
            }
            first.client().close();
            first.component().close();
            Await.until("one has ended", () -> rig.sum("active") <= 2);
            rig.relayTo(component);
            assertEquals("", Received.from(rig.connect()).text());
        }
    }

    @Test
    void whoeverNobodyServesHasNoneOpen() throws Exception {
        try (RelayRig rig = RelayRig.start();
                ClosedPort closed = new ClosedPort()) {
            rig.register("tcp", closed.port(), "max_per_client", 1);
            for (int i = 0; i < 3; i++) {
                assertEquals("", Received.from(rig.connect()).text());
            }
            assertEquals(3, rig.lander().counted(Counter.CLIENT_NO_COMPONENT));
            assertEquals(0, rig.lander().counted(Counter.CLIENT_PER_CLIENT));
        }
    }

    @Test
    void whoeverIsRefusedForItsNumberTakesNothingOfTheRate() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_per_client", 1, "max_new_per_second", 2);
            rig.relayTo(component);
            assertEquals(0, served(rig, 5));
            try (Socket other = new Socket(rig.address().getAddress(), rig.port(), address("127.0.0.2"), 0)) {
                other.getOutputStream().write(7);
                assertEquals(7, rig.accept(component).getInputStream().read());
            }
            assertEquals(5, rig.lander().counted(Counter.CLIENT_PER_CLIENT));
        }
    }

    @Test
    void datagramsAboveTheRateAreDropped() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                UdpServer echo = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", echo.port(), "max_new_per_second", 3);
            for (int i = 0; i < 5; i++) {
                client.send(REQUEST, rig.address());
            }
            Await.until("two were dropped", () -> rig.lander().counted(Counter.DATAGRAM_RATE) == 2);
            assertEquals(3, rig.sum("total"));
            rig.advance(Duration.ofSeconds(1));
            client.send(REQUEST, rig.address());
            Await.until("time brings more", () -> rig.sum("total") == 4);
        }
    }

    @Test
    void withAffinityOnlyNewClientsCount() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                UdpServer echo = UdpServer.echo();
                UdpPeer client = new UdpPeer();
                UdpPeer newcomer = new UdpPeer()) {
            rig.register("udp", echo.port(), "max_new_per_second", 1, "affinity", "client");
            for (int i = 0; i < 10; i++) {
                client.send(REQUEST, rig.address());
                assertEquals(REQUEST.length, client.receive().bytes().length);
            }
            newcomer.send(REQUEST, rig.address());
            Await.until("the newcomer's was dropped", () -> rig.lander().counted(Counter.DATAGRAM_RATE) == 1);
            assertEquals(10, rig.sum("total"));
        }
    }

    @Test
    void theFirstRegistrationDecides() throws Exception {
        try (RelayRig rig = RelayRig.start();
                ControlPeer other = rig.lander().control()) {
            rig.register("tcp", 1, "max_new_per_second", 5, "max_per_client", 2);
            assertEquals(0, other.register("tcp", 2, rig.port()));
            assertEquals(0, other.register("tcp", 3, rig.port(), "max_new_per_second", 5, "max_per_client", 2));
            assertEquals(12, other.register("tcp", 4, rig.port(), "max_new_per_second", 6));
            assertEquals(12, other.register("tcp", 4, rig.port(), "max_per_client", 1));
            assertEquals(1, other.register("tcp", 4, rig.port(), "max_per_client", 0));
        }
    }

    /** How many of this number of clients a component serves. */
    private static int served(RelayRig rig, int clients) throws IOException {
        int served = 0;
        for (int i = 0; i < clients; i++) {
            try (Socket client = rig.connect()) {
                served += Received.from(client).text().isEmpty() ? 0 : 1;
            }
        }
        return served;
    }

    private static InetAddress address(String literal) throws IOException {
        return InetAddress.getByName(literal);
    }
}
