package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.NetworkNamespace;
import dev.lander.testing.PythonClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the way to a UDP component can do besides losing datagrams: the component's side prohibits them, as firewalld
 * does, and Lander's own address changes. Two network namespaces, which end with the processes that hold them.
 */
@Timeout(120)
class UdpUnreachableIT {
    private static final String COMPONENT_PORT = "20001";
    private static final String RELAY_PORT = "20000";

    /** For each answer, in seconds: when all are to come, and when none need to. */
    private static final String PATIENT = "5";

    private static final String IMPATIENT = "0.3";

    /** A client that asks as often as it is told, and exits with the number of questions without an answer. */
    private static final String ASK = """
            import socket, sys
            client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            client.settimeout(float(sys.argv[3]))
            client.connect(("127.0.0.1", int(sys.argv[1])))
            lost = 0
            for _ in range(int(sys.argv[2])):
                client.send(b"hello")
                try:
                    client.recv(65535)
                except OSError:
                    lost += 1
            sys.exit(lost)
            """;

    /** A client that asks, and asks again over the same socket when a file has come. */
    private static final String ASK_TWICE = """
            import os, socket, sys, time
            client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            client.settimeout(10)
            client.connect(("127.0.0.1", int(sys.argv[1])))
            client.send(b"hello")
            client.recv(65535)
            print("answered", flush=True)
            while not os.path.exists(sys.argv[2]):
                time.sleep(0.02)
            client.send(b"hello again")
            client.recv(65535)
            """;

    private NetworkNamespace balancers;
    private NetworkNamespace components;

    @BeforeEach
    void joinTwoNamespaces() throws Exception {
        balancers = NetworkNamespace.create();
        components = NetworkNamespace.create();
        balancers.join("v0", components, "v1");
        balancers.run("ip addr add 10.9.0.1/24 dev v0");
        components.run("ip addr add 10.9.0.9/24 dev v1");
    }

    @AfterEach
    void end() {
        components.close();
        balancers.close();
    }

    @Test
    void aComponentThatAFirewallProhibitsIsUnreachable() throws Exception {
        // What is prohibited must be looked up before what is local.
        components.run("sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0");
        components.run("ip rule add pref 100 lookup local");
        components.run("ip rule del pref 0");
        LanderProcess lander = startLander();
        startServer(components, "10.9.0.1", "10.9.0.9");
        startServer(balancers, "127.0.0.1", "127.0.0.1");
        assertEquals(0, ask(4), "both serve");
        components.run("ip rule add pref 50 iif v1 ipproto udp dport " + COMPONENT_PORT + " prohibit");
        Await.until("it is unreachable", () -> {
            ask(4, IMPATIENT);
            return lander.process().log().stream().anyMatch(line -> line.contains("state=unreachable"));
        });
        assertEquals(0, ask(10), "the other one serves all");
    }

    @Test
    void aFlowWhoseOwnAddressHasGoneIsReplaced(@TempDir Path folder) throws Exception {
        startLander();
        startServer(components, "10.9.0.1", "10.9.0.9");
        Path sign = folder.resolve("changed");
        ChildProcess client = balancers.start(PythonClient.python(), "-c", ASK_TWICE, RELAY_PORT, sign.toString());
        Await.until("the first answer has come", () -> client.output().contains("answered"));
        balancers.run("ip addr del 10.9.0.1/24 dev v0");
        balancers.run("ip addr add 10.9.0.2/24 dev v0");
        Files.createFile(sign);
        assertEquals(0, client.exitStatus(), client::toString);
    }

    @Test
    void aPooledSocketWhoseOwnAddressHasGoneIsReplaced() throws Exception {
        startLander();
        startServer(components, "10.9.0.1", "10.9.0.9", "--responses", "1");
        assertEquals(0, ask(3));
        balancers.run("ip addr del 10.9.0.1/24 dev v0");
        balancers.run("ip addr add 10.9.0.2/24 dev v0");
        assertEquals(0, ask(3), "another client, to which the socket would be handed");
    }

    private LanderProcess startLander() throws Exception {
        List<String> command = LanderProcess.command("9988");
        return LanderProcess.awaitReady(balancers.start(command.toArray(String[]::new)));
    }

    private void startServer(NetworkNamespace namespace, String lander, String host, String... options)
            throws Exception {
        Path server = Path.of(System.getProperty("lander.clients", "clients"), "udp_server.py");
        List<String> command = new ArrayList<>(List.of(PythonClient.python(), server.toString(), lander, "9988"));
        command.addAll(List.of(COMPONENT_PORT, RELAY_PORT, "--host", host));
        command.addAll(List.of(options));
        PythonClient.awaitRegistered(namespace.start(command.toArray(String[]::new)));
    }

    private int ask(int questions) throws Exception {
        return ask(questions, PATIENT);
    }

    /** How many of the questions had no answer. */
    private int ask(int questions, String waitSeconds) throws Exception {
        return balancers
                .start(PythonClient.python(), "-c", ASK, RELAY_PORT, Integer.toString(questions), waitSeconds)
                .exitStatus();
    }
}
