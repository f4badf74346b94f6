package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ChildProcess;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.NetworkNamespace;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A balancer that an address moves to while it runs, and a client of another machine. */
class VirtualAddressIT {
    private static final int RELAY_PORT = 20_000;
    private static final List<String> VIRTUAL = List.of("10.9.0.50", "fd09::50");
    private static final String BOTH = String.join(",", VIRTUAL);

    /** A client that takes answers from the asked address only. */
    private static final String ASK_UDP = """
            import socket, sys
            family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
            client = socket.socket(family, socket.SOCK_DGRAM)
            client.settimeout(5)
            client.connect((sys.argv[1], int(sys.argv[2])))
            client.send(b"hello")
            assert client.recv(65535) == b"one"
            """;

    private static final String ASK_TCP = """
            import socket, sys
            with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as client:
                assert client.recv(100) == b"one"
            """;

    private NetworkNamespace balancer;
    private NetworkNamespace client;

    @BeforeEach
    void joinTwoNamespaces() throws Exception {
        balancer = NetworkNamespace.create();
        client = NetworkNamespace.create();
        balancer.join("v0", client, "v1");
        balancer.run("ip addr add 10.9.0.1/24 dev v0");
        balancer.run("ip addr add fd09::1/64 dev v0 nodad");
        client.run("ip addr add 10.9.0.9/24 dev v1");
        client.run("ip addr add fd09::9/64 dev v1 nodad");
        balancer.run("sysctl -q -w net.ipv4.ip_nonlocal_bind=1 net.ipv6.ip_nonlocal_bind=1");
    }

    @AfterEach
    void end() {
        client.close();
        balancer.close();
    }

    /** Whatever else is bound: all addresses, each by itself, or one. */
    @ParameterizedTest
    @ValueSource(strings = {"--reuse-port", "--udp-per-address", "--bind=10.9.0.1"})
    void anAddressThatMovesHereAnswersAtOnceAndAgainWhenItIsBack(String option) throws Exception {
        balancer.startLander(9988, "--virtual-address", BOTH, option);
        String control = "10.9.0.1:9988";
        balancer.startComponent("one", "udp", 30_001, RELAY_PORT, "", control);
        balancer.startComponent("one", "tcp", 30_002, RELAY_PORT, "", control);
        assertEquals(0, ask(ASK_UDP, "10.9.0.1"));
        for (int i = 0; i < 2; i++) {
            balancer.run("ip addr add 10.9.0.50/24 dev v0");
            balancer.run("ip addr add fd09::50/64 dev v0 nodad");
            for (String address : VIRTUAL) {
                assertEquals(0, ask(ASK_UDP, address), address);
                assertEquals(0, ask(ASK_TCP, address), address);
            }
            balancer.run("ip addr del 10.9.0.50/24 dev v0");
            balancer.run("ip addr del fd09::50/64 dev v0");
            assertNotEquals(0, ask(ASK_UDP, "10.9.0.50"));
        }
    }

    @Test
    void theStartNamesWhatTheSystemMustBeSetTo() throws Exception {
        for (String family : List.of("ipv4", "ipv6")) {
            balancer.run("sysctl -q -w net." + family + ".ip_nonlocal_bind=0");
            List<String> command = LanderProcess.command("--virtual-address", BOTH, "9988");
            ChildProcess refused = balancer.start(command.toArray(String[]::new));
            assertEquals(1, refused.exitStatus(), refused::toString);
            String last = refused.log().get(refused.log().size() - 1);
            assertTrue(last.contains("--virtual-address " + (family.equals("ipv4") ? "10.9.0.50" : "fd09::50")), last);
            assertTrue(last.contains("net." + family + ".ip_nonlocal_bind=1"), last);
            balancer.run("sysctl -q -w net." + family + ".ip_nonlocal_bind=1");
        }
    }

    /** A client's exit status: 0 when it got its answer. */
    private int ask(String program, String address) throws Exception {
        return client.python(program, address, Integer.toString(RELAY_PORT)).exitStatus();
    }
}
