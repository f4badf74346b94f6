package dev.lander.relay.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.metrics.Metrics;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.LoopGuard;
import dev.lander.registry.Outcome;
import dev.lander.registry.Protocol;
import dev.lander.registry.Registration;
import dev.lander.registry.Registry;
import dev.lander.registry.RelayPort;
import dev.lander.registry.ServiceTerms;
import dev.lander.registry.State;
import dev.lander.relay.AccessLog;
import dev.lander.relay.PortSettings;
import dev.lander.relay.Received;
import dev.lander.relay.RelayPorts;
import dev.lander.relay.RelaySettings;
import dev.lander.relay.TcpSettings;
import dev.lander.relay.UdpSettings;
import dev.lander.relay.tcp.SpillBuffers;
import dev.lander.relay.tcp.TcpRoom;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.FdBudget;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RunningReactor;
import dev.lander.testing.SilentLink;
import dev.lander.testing.SilentObserver;
import dev.lander.testing.TcpServer;
import dev.lander.testing.UdpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A connect that this machine can't make is nobody's failure: the next component is tried. */
final class OwnFaultTest {
    private static final long PLENTY = 1L << 30;

    /** No connection can be made to the broadcast address: the system refuses even to try. */
    private final InetSocketAddress impossible =
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {-1, -1, -1, -1}), 80);

    OwnFaultTest() throws Exception {}

    @Test
    void systemRefusesToTry() {
        assertThrows(SocketException.class, () -> SocketChannel.open(impossible));
    }

    @Test
    void componentIsNotBlamedAndTheClientIsServedByAnother() throws Exception {
        try (TcpServer teller = TcpServer.tellingItsPort();
                TcpRoom room = new TcpRoom(new SpillBuffers(PLENTY))) {
            room.register(impossible);
            room.register(new InetSocketAddress(InetAddress.getLoopbackAddress(), teller.port()));
            for (int i = 0; i < 10; i++) {
                assertEquals(Integer.toString(teller.port()), ask(room));
            }
            assertEquals(State.GOOD, room.components().get(0).state());
            assertEquals(0, room.components().get(0).failures());
            assertEquals(0, room.components().get(0).active());
        }
    }

    @Test
    void clientIsClosedWhenNobodyElseIsThere() throws Exception {
        try (TcpRoom room = new TcpRoom(new SpillBuffers(PLENTY))) {
            room.register(impossible);
            for (int i = 0; i < 5; i++) {
                assertEquals("", ask(room));
            }
            assertEquals(State.GOOD, room.components().get(0).state());
        }
    }

    @Test
    void datagramThatCannotBeSentToOneGoesToAnother() throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.next());
        RelayPort relayPort = new RelayPort(Protocol.UDP, address.getPort());
        try (UdpPeer client = new UdpPeer();
                UdpServer echo = UdpServer.echo();
                RunningReactor loop = new RunningReactor().start()) {
            Metrics metrics = new Metrics();
            loop.inLoop(() -> {
                BurstLog log = new BurstLog(metrics, loop.reactor()::nowNs, () -> {});
                RelaySettings settings = new RelaySettings(
                        PortSettings.at(new BindAddress(address.getAddress())),
                        Duration.ZERO,
                        TcpSettings.DEFAULT,
                        new UdpSettings(Duration.ofSeconds(60), 9, false));
                FdBudget fds = new FdBudget(1_000, loop.reactor()::afterSelect);
                UdpPorts udp = new UdpPorts(loop.reactor(), log, AccessLog.NONE, fds, settings);
                RelayPorts relayPorts = new RelayPorts(loop.reactor(), fds, Duration.ZERO, udp, udp);
                Registry registry = new Registry(
                        relayPorts, new LoopGuard(any -> false), new SilentObserver(), new SplittableRandom(1));
                for (InetSocketAddress component :
                        List.of(impossible, new InetSocketAddress(InetAddress.getLoopbackAddress(), echo.port()))) {
                    Registration registration = new Registration(
                            relayPort, component.getPort(), ComponentTraits.DEFAULT, ServiceTerms.UNSAID, null);
                    assertEquals(Outcome.DONE, registry.register(new SilentLink(component.getAddress()), registration));
                }
            });
            for (int i = 0; i < 10; i++) {
                assertEquals("hello", client.ask("hello", address));
            }
            loop.inLoop(() -> assertEquals(0, metrics.value(Counter.DATAGRAM_OWN_FAULT)));
            assertEquals(List.of(), loop.faults());
        }
    }

    private static String ask(TcpRoom room) throws Exception {
        try (Socket client =
                new Socket(room.address().getAddress(), room.address().getPort())) {
            client.setSoTimeout(10_000);
            return Received.from(client).text();
        }
    }
}
