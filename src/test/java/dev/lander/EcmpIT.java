package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.NetworkNamespace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two Landers that have the same address, behind the system's multipath routes: a router with clients and components on
 * it, which sends each connection to either.
 */
class EcmpIT {
    private static final String VIRTUAL = "10.1.0.50";
    private static final int RELAY_PORT = 20_000;
    private static final int COMPONENTS = 5;
    private static final int CLIENTS = 40;

    /** Of as many connections, fewer than chance leaves to either Lander. */
    private static final int FEWEST = 40;

    /** Prints for each client address the components that it has met, in six tries from as many ports. */
    private static final String CLIENT_ADDRESSES = """
            import socket, sys
            kind = socket.SOCK_STREAM if sys.argv[1] == "tcp" else socket.SOCK_DGRAM
            for i in range(1, int(sys.argv[4]) + 1):
                met = set()
                for _ in range(6):
                    with socket.socket(socket.AF_INET, kind) as client:
                        client.settimeout(5)
                        client.bind(("10.2.0.%d" % i, 0))
                        client.connect((sys.argv[2], int(sys.argv[3])))
                        client.send(b"hello")
                        met.add(client.recv(100).decode())
                print(i, *sorted(met))
            """;

    private final List<NetworkNamespace> machines = new ArrayList<>();
    private final List<LanderProcess> landers = new ArrayList<>();
    private NetworkNamespace router;

    @BeforeEach
    void joinThreeMachines() throws Exception {
        router = NetworkNamespace.create();
        router.run("sysctl -q -w net.ipv4.fib_multipath_hash_policy=1");
        router.run("ip link add br0 type bridge");
        router.run("ip link set br0 up");
        router.run("ip addr add 10.0.0.9/24 dev br0");
        for (int i = 1; i <= CLIENTS; i++) {
            router.run("ip addr add 10.2.0." + i + "/32 dev lo");
        }
        for (int i = 1; i <= 2; i++) {
            NetworkNamespace machine = NetworkNamespace.create();
            machines.add(machine);
            machine.join("eth0", router, "v" + i);
            router.run("ip link set v" + i + " master br0");
            machine.run("ip addr add 10.0.0." + i + "/24 dev eth0");
            machine.run("ip addr add " + VIRTUAL + "/32 dev lo");
            machine.run("ip route add 10.2.0.0/24 via 10.0.0.9");
            landers.add(machine.startLander(9988, "--virtual-address", VIRTUAL, "--access-log", "-"));
        }
        router.run("ip route add " + VIRTUAL + " nexthop via 10.0.0.1 nexthop via 10.0.0.2");
    }

    @AfterEach
    void end() {
        machines.forEach(NetworkNamespace::close);
        router.close();
    }

    @Test
    void aClientMeetsTheSameComponentThroughEitherAndAfterOneIsGone() throws Exception {
        for (int i = 1; i <= COMPONENTS; i++) {
            for (String protocol : List.of("tcp", "udp")) {
                String fields = protocol.equals("tcp") ? "balance=source" : "balance=source,affinity=client";
                router.startComponent(
                        "c" + i, protocol, 30_000 + i, RELAY_PORT, fields, "10.0.0.1:9988", "10.0.0.2:9988");
            }
        }
        List<String> tcp = met("tcp");
        List<String> udp = met("udp");
        assertEquals(CLIENTS, tcp.size());
        assertTrue(tcp.stream().map(line -> line.split(" ", -1)[1]).distinct().count() > 1, "several components serve");
        for (LanderProcess lander : landers) {
            Await.until("either has its part", () -> relays(lander) >= FEWEST);
        }
        // As a routing daemon does when a machine is gone.
        router.run("ip route replace " + VIRTUAL + " via 10.0.0.2");
        landers.get(0).process().signal("KILL");
        assertEquals(tcp, met("tcp"));
        assertEquals(udp, met("udp"));
        assertFalse(landers.get(0).process().output().isEmpty());
    }

    private static long relays(LanderProcess lander) {
        return lander.process().output().stream()
                .filter(line -> line.contains("tcp"))
                .count();
    }

    /** A line for each client address, with its one component. */
    private List<String> met(String protocol) throws Exception {
        ChildProcess clients = router.python(
                CLIENT_ADDRESSES, protocol, VIRTUAL, Integer.toString(RELAY_PORT), Integer.toString(CLIENTS));
        assertEquals(0, clients.exitStatus(), clients::toString);
        for (String line : clients.output()) {
            assertEquals(2, line.split(" ", -1).length, () -> "several components: " + line);
        }
        return clients.output();
    }
}
