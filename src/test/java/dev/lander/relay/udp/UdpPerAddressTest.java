package dev.lander.relay.udp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Metrics;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.LoopGuard;
import dev.lander.registry.Outcome;
import dev.lander.registry.Protocol;
import dev.lander.registry.Registration;
import dev.lander.registry.Registry;
import dev.lander.registry.RelayPort;
import dev.lander.registry.ServiceTerms;
import dev.lander.relay.AccessLog;
import dev.lander.relay.PortSettings;
import dev.lander.relay.RelayPorts;
import dev.lander.relay.RelaySettings;
import dev.lander.relay.TcpSettings;
import dev.lander.relay.UdpSettings;
import dev.lander.sockets.FdBudget;
import dev.lander.testing.AnyLander;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RunningReactor;
import dev.lander.testing.SilentLink;
import dev.lander.testing.SilentObserver;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgpack.value.Value;

/** With {@code --udp-per-address} answers leave from the address that was asked. */
class UdpPerAddressTest {
    private final int relayPort = FreePorts.next();

    @Test
    void connectedClientsGetAnswersFromEveryAddress() throws Exception {
        try (UdpServer echo = UdpServer.echo();
                AnyLander lander = AnyLander.start(options(), System::nanoTime);
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("udp", echo.port(), relayPort));
            for (InetAddress address : addresses()) {
                assertEquals("hello", ask(null, address), address::toString);
            }
        }
    }

    /** The system would answer a client of 127.0.0.1 from 127.0.0.1, whichever of its addresses was asked. */
    @Test
    void theAddressOfAnswersIsNotTheSystemsChoice() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (UdpServer echo = UdpServer.echo();
                AnyLander lander = AnyLander.start(options(), System::nanoTime);
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("udp", echo.port(), relayPort));
            for (InetAddress address : addresses()) {
                if (address.getAddress().length == 4) {
                    assertEquals("hello", ask(loopback, address), address::toString);
                }
            }
        }
    }

    @Test
    void aPortThatIsTakenAtOneAddressIsError8() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (UdpServer echo = UdpServer.echo();
                AnyLander lander = AnyLander.start(options(), System::nanoTime);
                ControlPeer control = lander.control()) {
            try (DatagramSocket taken = new DatagramSocket(relayPort, loopback)) {
                assertTrue(taken.isBound());
                control.send("cmd", "register", "protocol", "udp", "port", echo.port(), "relay_port", relayPort);
                Map<String, Value> reply = control.reply();
                assertEquals(8, ControlPeer.error(reply));
                String message =
                        ControlPeer.field(reply, "message").asStringValue().asString();
                assertTrue(message.contains("address 127.0.0.1: "), message);
            }
            assertEquals(0, control.register("udp", echo.port(), relayPort));
            assertEquals("hello", ask(null, loopback));
        }
    }

    @Test
    void theProxyHeaderNamesTheAddressThatWasAsked() throws Exception {
        try (UdpServer echo = UdpServer.echo();
                AnyLander lander = AnyLander.start(options(), System::nanoTime);
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("udp", echo.port(), relayPort, "proxy_protocol", "v2"));
            byte[] answer = ask(null, InetAddress.getLoopbackAddress()).getBytes(ISO_8859_1);
            assertEquals(127, answer[20]); // behind the fixed part and the client's address
            assertEquals(1, answer[23]);
        }
    }

    @Test
    void eachSocketCountsAsADescriptor() throws Exception {
        FdBudget fds = new FdBudget(1_000, Runnable::run);
        int free = fds.free();
        try (RunningReactor loop = new RunningReactor().start()) {
            loop.inLoop(() -> {
                BurstLog log = new BurstLog(new Metrics(), loop.reactor()::nowNs, () -> {});
                RelaySettings settings = new RelaySettings(
                        PortSettings.DEFAULT,
                        Duration.ZERO,
                        TcpSettings.DEFAULT,
                        new UdpSettings(Duration.ofSeconds(60), 9, true));
                UdpPorts udp = new UdpPorts(loop.reactor(), log, AccessLog.NONE, fds, settings);
                RelayPorts relayPorts = new RelayPorts(loop.reactor(), fds, Duration.ZERO, udp, udp);
                Registry registry = new Registry(
                        relayPorts, new LoopGuard(any -> false), new SilentObserver(), new SplittableRandom(1));
                SilentLink link = new SilentLink(InetAddress.getLoopbackAddress());
                RelayPort port = new RelayPort(Protocol.UDP, relayPort);
                assertEquals(
                        Outcome.DONE,
                        registry.register(
                                link, new Registration(port, 9, ComponentTraits.DEFAULT, ServiceTerms.UNSAID, null)));
                assertEquals(free - addresses().size(), fds.free());
                assertEquals(Outcome.DONE, registry.unregister(link, port, 9));
            });
            loop.inLoop(() -> {}); // the turn's end closes it
            loop.inLoop(() -> assertEquals(free, fds.free()));
        }
    }

    private static TestOptions options() {
        TestOptions options = new TestOptions();
        options.udpPerAddress = true;
        return options;
    }

    private static List<InetAddress> addresses() {
        try {
            List<InetAddress> addresses = new ArrayList<>();
            for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
                if (one.isUp()) {
                    one.inetAddresses().forEach(addresses::add);
                }
            }
            return addresses;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The answer to a client that takes answers from the asked address only. */
    private String ask(@Nullable InetAddress from, InetAddress address) throws IOException {
        try (DatagramSocket client = new DatagramSocket(new InetSocketAddress(from, 0))) {
            client.setSoTimeout(10_000);
            client.connect(new InetSocketAddress(address, relayPort));
            byte[] hello = "hello".getBytes(US_ASCII);
            client.send(new DatagramPacket(hello, hello.length));
            DatagramPacket answer = new DatagramPacket(new byte[200], 200);
            client.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), ISO_8859_1);
        }
    }
}
