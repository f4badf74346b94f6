package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.udp.UdpPeer;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** More UDP clients than the process has descriptors for: flows end early, and no datagram is lost. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs ulimit")
@Timeout(120)
class UdpDescriptorLimitIT {
    private static final int DESCRIPTORS = 256;
    private static final int CLIENTS = 400;
    private static final int MORE_DESCRIPTORS = 4_096;
    private static final int MORE_CLIENTS = 4_800;
    private static final int ROUNDS = 4;

    /** Ports with more datagrams that wait than there are descriptors, of which each port takes 64 in a turn. */
    private static final int CROWDED_PORTS = 5;

    private static final int WAITING_AT_EACH = 80;

    /** Datagrams on their way together: they find room in the smallest usual socket buffer. */
    private static final int PORTION = 100;

    /** Descriptors that are nobody's flow: sockets of Lander's, and a flow that ends a turn early. */
    private static final int OTHERS = 16;

    private final List<UdpPeer> clients = new ArrayList<>();

    @Test
    void oneServiceLosesNoDatagram() throws Exception {
        assertNothingIsLost(DESCRIPTORS, 1, CLIENTS);
    }

    @Test
    void threeServicesLoseNoDatagram() throws Exception {
        assertNothingIsLost(DESCRIPTORS, 3, 3 * CLIENTS);
    }

    @Test
    void thousandsOfClientsLoseNoDatagram() throws Exception {
        assertNothingIsLost(MORE_DESCRIPTORS, 3, MORE_CLIENTS);
    }

    @Test
    void datagramsThatWaitAtManyPortsAtOnceAllArrive() throws Exception {
        withServices(DESCRIPTORS, CROWDED_PORTS, (lander, components, relayPorts) -> {
            openClients(CROWDED_PORTS * WAITING_AT_EACH);
            sendAll(components, relayPorts); // takes all descriptors
            lander.process().signal("STOP");
            for (int i = 0; i < clients.size(); i++) {
                clients.get(i).send("x", address(relayPorts.get(i % CROWDED_PORTS)));
            }
            lander.process().signal("CONT");
            for (int i = 0; i < clients.size(); i++) {
                components.get(i % CROWDED_PORTS).receive();
            }
        });
    }

    @Test
    void tcpClientEndsOnlyTheFlowsThatAreInItsWay() throws Exception {
        int relayPort = FreePorts.next();
        try (LanderProcess lander = start(DESCRIPTORS);
                ControlPeer control = lander.control();
                UdpPeer component = new UdpPeer();
                TcpServer server = TcpServer.tellingItsPort()) {
            assertEquals(0, control.register("udp", component.port(), relayPort));
            assertEquals(0, control.register("tcp", server.port(), relayPort));
            openClients(CLIENTS);
            sendAll(List.of(component), List.of(relayPort));
            long before = active(control);
            assertTrue(before > DESCRIPTORS - 48 - OTHERS, "flows: " + before);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
                client.setSoTimeout(10_000);
                assertEquals(
                        Integer.toString(server.port()),
                        new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
            }
            long after = active(control);
            assertTrue(after >= before - OTHERS, "of " + before + " flows are left: " + after);
            lander.process().signal("TERM");
            assertEquals(0, lander.process().exitStatus());
        } finally {
            clients.forEach(UdpPeer::close);
        }
    }

    private interface Use {
        void of(LanderProcess lander, List<UdpPeer> components, List<Integer> relayPorts) throws Exception;
    }

    private void assertNothingIsLost(int descriptors, int services, int clientCount) throws Exception {
        withServices(descriptors, services, (lander, components, relayPorts) -> {
            openClients(clientCount);
            for (int round = 0; round < ROUNDS; round++) {
                sendAll(components, relayPorts);
            }
            components.get(0).assertNothingComes();
        });
    }

    /** With a component at each service; Lander must find nothing wrong. */
    private void withServices(int descriptors, int services, Use use) throws Exception {
        List<Integer> relayPorts = new ArrayList<>();
        List<UdpPeer> components = new ArrayList<>();
        try (LanderProcess lander = start(descriptors);
                ControlPeer control = lander.control()) {
            for (int i = 0; i < services; i++) {
                components.add(new UdpPeer());
                relayPorts.add(FreePorts.next());
                assertEquals(0, control.register("udp", components.get(i).port(), relayPorts.get(i)));
            }
            use.of(lander, components, relayPorts);
            lander.process().signal("TERM");
            assertEquals(0, lander.process().exitStatus());
            List<String> faults = lander.process().log().stream()
                    .filter(line -> line.contains("own_fault") || line.contains("defect"))
                    .toList();
            assertEquals(List.of(), faults);
        } finally {
            components.forEach(UdpPeer::close);
            clients.forEach(UdpPeer::close);
        }
    }

    private void openClients(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            clients.add(new UdpPeer());
        }
    }

    /** Each client sends one datagram; all of a portion must arrive before the next is sent. */
    private void sendAll(List<UdpPeer> components, List<Integer> relayPorts) throws IOException {
        int services = components.size();
        for (int begin = 0; begin < clients.size(); begin += PORTION) {
            List<UdpPeer> portion = clients.subList(begin, Math.min(clients.size(), begin + PORTION));
            for (int i = 0; i < portion.size(); i++) {
                portion.get(i).send("x", address(relayPorts.get((begin + i) % services)));
            }
            for (int i = 0; i < portion.size(); i++) {
                components.get((begin + i) % services).receive();
            }
        }
    }

    /** Open flows and relays of all services. */
    private static long active(ControlPeer control) throws IOException {
        long sum = 0;
        for (Value service : control.status().asArrayValue()) {
            for (Value component : get(service, "components").asArrayValue()) {
                sum += get(component, "active").asIntegerValue().asLong();
            }
        }
        return sum;
    }

    private static Value get(Value map, String name) {
        return Objects.requireNonNull(map.asMapValue().map().get(ValueFactory.newString(name)), name);
    }

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static LanderProcess start(int descriptors) throws IOException {
        return LanderProcess.awaitReady(ChildProcess.startLimited(descriptors, LanderProcess.command("0")));
    }
}
