package dev.lander.relay.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.metrics.Counter;
import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A UDP service's {@code max_per_client}. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClientFlowsTest {
    private static final byte[] REQUEST = {1, 2, 3};

    @Test
    void anAddressHasSoManyFlows() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                UdpServer echo = UdpServer.echo();
                UdpPeer first = new UdpPeer();
                UdpPeer second = new UdpPeer();
                UdpPeer third = new UdpPeer();
                DatagramSocket elsewhere =
                        new DatagramSocket(new InetSocketAddress(AddressRange.parseAddress("127.0.0.2"), 0))) {
            rig.register("udp", echo.port(), "max_per_client", 2);
            exchange(rig, first);
            exchange(rig, second);
            third.send(REQUEST, rig.address());
            Await.until("it is dropped", () -> rig.lander().counted(Counter.DATAGRAM_PER_CLIENT) == 1);
            exchange(rig, first);
            elsewhere.setSoTimeout(10_000);
            elsewhere.send(new DatagramPacket(REQUEST, REQUEST.length, rig.address()));
            elsewhere.receive(new DatagramPacket(new byte[9], 9));
            rig.advance(Duration.ofSeconds(61));
            assertEquals(0, rig.sum("active"));
            exchange(rig, third);
        }
    }

    @Test
    void aClientWithAFlowMayHaveMoreToOtherComponents() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer one = UdpServer.echo();
                UdpServer two = UdpServer.echo();
                UdpPeer client = new UdpPeer();
                UdpPeer other = new UdpPeer()) {
            rig.register("udp", one.port(), "max_per_client", 1);
            rig.register("udp", two.port());
            for (int i = 0; i < 4; i++) {
                exchange(rig, client);
            }
            assertEquals(2, rig.sum("active"));
            other.send(REQUEST, rig.address());
            Await.until("it is dropped", () -> rig.lander().counted(Counter.DATAGRAM_PER_CLIENT) == 1);
            rig.unregister("udp", two.port());
            other.send(REQUEST, rig.address());
            Await.until("it is dropped", () -> rig.lander().counted(Counter.DATAGRAM_PER_CLIENT) == 2);
            exchange(rig, client);
        }
    }

    @Test
    void whoHasItsAnswersHasNoFlowOpen() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer echo = UdpServer.echo();
                UdpPeer one = new UdpPeer();
                UdpPeer two = new UdpPeer()) {
            rig.register("udp", echo.port(), "max_per_client", 1, "responses", 1);
            for (int i = 0; i < 3; i++) {
                exchange(rig, one);
                exchange(rig, two);
            }
            assertEquals(0, rig.lander().counted(Counter.DATAGRAM_PER_CLIENT));
        }
    }

    private static void exchange(RelayRig rig, UdpPeer client) throws IOException {
        client.send(REQUEST, rig.address());
        assertEquals(REQUEST.length, client.receive().bytes().length);
    }
}
