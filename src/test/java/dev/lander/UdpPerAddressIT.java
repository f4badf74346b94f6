package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lander.testing.Await;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.NetworkNamespace;
import dev.lander.testing.PythonClient;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A balancer with several addresses and a client of another machine: two network namespaces, joined by a pair of
 * interfaces. They end with the processes that hold them.
 */
class UdpPerAddressIT {
    private static final String RELAY_PORT = "20000";

    /** A client that takes answers from the asked address only. */
    private static final String ASK = """
            import socket, sys
            family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
            client = socket.socket(family, socket.SOCK_DGRAM)
            client.settimeout(2)
            client.connect((sys.argv[1], int(sys.argv[2])))
            client.send(b"hello")
            client.recv(65535)
            """;

    private NetworkNamespace balancers;
    private NetworkNamespace clients;

    @BeforeEach
    void joinTwoNamespaces() throws Exception {
        balancers = NetworkNamespace.create();
        clients = NetworkNamespace.create();
        balancers.join("v0", clients, "v1");
        balancers.run("ip addr add 10.9.0.1/24 dev v0");
        balancers.run("ip addr add 10.9.0.2/24 dev v0");
        balancers.run("ip addr add fd09::1/64 dev v0 nodad");
        balancers.run("ip addr add fd09::2/64 dev v0 nodad");
        clients.run("ip addr add 10.9.0.9/24 dev v1");
        clients.run("ip addr add fd09::9/64 dev v1 nodad");
    }

    @AfterEach
    void end() {
        clients.close();
        balancers.close();
    }

    @Test
    void everyAddressAnswersForItself() throws Exception {
        start("--udp-per-address");
        for (String address : List.of("10.9.0.1", "10.9.0.2", "fd09::1", "fd09::2")) {
            assertEquals(0, ask(address), address);
        }
    }

    @Test
    void withoutTheOptionOneAddressAnswersForAll() throws Exception {
        start();
        assertEquals(0, ask("10.9.0.1"));
        assertNotEquals(0, ask("10.9.0.2"));
    }

    @Test
    void addressesThatComeAndGoAreFollowed() throws Exception {
        LanderProcess lander = start("--udp-per-address", "--access-log", "-");
        balancers.run("ip addr add 10.9.0.3/24 dev v0");
        Await.until("the new address answers", () -> ask("10.9.0.3") == 0);
        balancers.run("ip addr del 10.9.0.3/24 dev v0");
        Await.until("its flow has ended", () -> lander.process().output().stream()
                .anyMatch(line -> line.contains(" end=address_left")));
        balancers.run("ip addr add 10.9.0.3/24 dev v0");
        Await.until("it is back", () -> ask("10.9.0.3") == 0);
        assertEquals(0, ask("10.9.0.2"));
    }

    private LanderProcess start(String... options) throws Exception {
        List<String> command = LanderProcess.command(options);
        command.add("9988");
        LanderProcess lander = LanderProcess.awaitReady(balancers.start(command.toArray(String[]::new)));
        Path server = Path.of(System.getProperty("lander.clients", "clients"), "udp_server.py");
        PythonClient.awaitRegistered(balancers.start(
                PythonClient.python(),
                server.toString(),
                "127.0.0.1",
                "9988",
                "20001",
                RELAY_PORT,
                "--host",
                "127.0.0.1"));
        return lander;
    }

    /** A client's exit status: 0 when it got its answer. */
    private int ask(String address) throws Exception {
        return clients.start(PythonClient.python(), "-c", ASK, address, RELAY_PORT)
                .exitStatus();
    }
}
