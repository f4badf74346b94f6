package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.NetworkNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two Landers on one machine that share relay ports by {@code --reuse-port}. */
class ReusePortIT {
    private static final int RELAY_PORT = 20_000;
    private static final int CLIENTS = 200;

    /** Of 200, fewer than chance leaves to either of two. */
    private static final int FEWEST = 60;

    /** Connects all clients and prints what each was told; nothing where it was reset. */
    private static final String CONNECT_ALL = """
            import socket, sys
            port, clients = int(sys.argv[1]), int(sys.argv[2])
            open_ones = [socket.create_connection(("127.0.0.1", port)) for _ in range(clients)]
            print("connected", flush=True)
            for one in open_ones:
                one.settimeout(8)
                try:
                    print("told " + one.recv(100).decode())
                except OSError as error:
                    print("lost", error)
            """;

    /** Connects one by one for some seconds; fails when one gets no answer. */
    private static final String KEEP_CONNECTING = """
            import socket, sys, time
            until = time.monotonic() + 3
            while time.monotonic() < until:
                with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5) as client:
                    assert client.recv(100) == b"first"
                print("served", flush=True)
            """;

    private NetworkNamespace machine;

    @BeforeEach
    void makeMachine() throws Exception {
        machine = NetworkNamespace.create();
    }

    @AfterEach
    void end() {
        machine.close();
    }

    @Test
    void whatWaitsForAKilledProcessIsServedByTheOther() throws Exception {
        machine.run("sysctl -q -w net.ipv4.tcp_migrate_req=1");
        LanderProcess one = machine.startLander(9988, "--reuse-port");
        LanderProcess other = machine.startLander(9989, "--reuse-port");
        assertFalse(recommends(one), one.process()::toString);
        machine.startComponent("first", "tcp", 30_001, RELAY_PORT, "", "127.0.0.1:9988");
        machine.startComponent("second", "tcp", 30_002, RELAY_PORT, "", "127.0.0.1:9989");
        Map<String, Long> spread = told(connectAll());
        assertEquals(CLIENTS, spread.values().stream().mapToLong(n -> n).sum(), spread::toString);
        assertTrue(spread.getOrDefault("told first", 0L) >= FEWEST, spread::toString);
        assertTrue(spread.getOrDefault("told second", 0L) >= FEWEST, spread::toString);
        one.process().signal("STOP");
        ChildProcess clients = connectAll();
        one.process().signal("KILL");
        assertEquals(Map.of("told second", (long) CLIENTS), told(clients));
        assertTrue(other.process().isAlive());
    }

    @Test
    void anEndInOrderLosesNobody() throws Exception {
        machine.run("sysctl -q -w net.ipv4.tcp_migrate_req=1");
        LanderProcess one = machine.startLander(9988, "--reuse-port");
        machine.startLander(9989, "--reuse-port");
        machine.startComponent("first", "tcp", 30_001, RELAY_PORT, "", "127.0.0.1:9988", "127.0.0.1:9989");
        ChildProcess clients = machine.python(KEEP_CONNECTING, Integer.toString(RELAY_PORT));
        Await.until("clients are served", () -> clients.output().contains("served"));
        one.process().signal("TERM");
        assertEquals(0, one.process().exitStatus());
        assertEquals(0, clients.exitStatus(), clients::toString);
    }

    /** Whichever a client comes to: the component has registered with one of them only. */
    @Test
    void inAClusterAComponentOfOneIsServedByBoth(@TempDir Path folder) throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "the same for both: 0123456789abcdef0123456789\n");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        List<LanderProcess> landers = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            landers.add(machine.startLander(
                    9980 + i,
                    "--reuse-port",
                    "--bind=127.0.0.1",
                    "--access-log=-",
                    "--cluster=127.0.0.1:7981,127.0.0.1:7982",
                    "--cluster-bind=127.0.0.1:798" + i,
                    "--cluster-address=127.0.0.1",
                    "--cluster-key-file=" + key));
        }
        for (LanderProcess lander : landers) {
            lander.process().awaitLog("members=2");
        }
        machine.startComponent("first", "tcp", 30_001, RELAY_PORT, "", "127.0.0.1:9981");
        landers.get(1).process().awaitLog("registered service=tcp/" + RELAY_PORT);
        assertEquals(Map.of("told first", (long) CLIENTS), told(connectAll()));
        for (LanderProcess lander : landers) {
            Await.until("either has its share", () -> lander.process().output().size() >= FEWEST);
        }
    }

    @Test
    void withoutMigrationTheStartRecommendsIt() throws Exception {
        machine.run("sysctl -q -w net.ipv4.tcp_migrate_req=0");
        LanderProcess lander = machine.startLander(9988, "--reuse-port");
        assertTrue(recommends(lander), lander.process()::toString);
    }

    @Test
    void withoutTheOptionNothingIsRecommended() throws Exception {
        machine.run("sysctl -q -w net.ipv4.tcp_migrate_req=0");
        LanderProcess lander = machine.startLander(9988);
        assertFalse(recommends(lander), lander.process()::toString);
    }

    private static boolean recommends(LanderProcess lander) {
        return lander.process().log().stream().anyMatch(line -> line.contains("net.ipv4.tcp_migrate_req=1"));
    }

    /** Returns when all are connected. */
    private ChildProcess connectAll() throws Exception {
        ChildProcess clients = machine.python(CONNECT_ALL, Integer.toString(RELAY_PORT), Integer.toString(CLIENTS));
        Await.until("all are connected", () -> clients.output().contains("connected"));
        return clients;
    }

    private static Map<String, Long> told(ChildProcess clients) throws Exception {
        assertEquals(0, clients.exitStatus(), clients::toString);
        return clients.output().stream()
                .filter(line -> !line.equals("connected"))
                .collect(Collectors.groupingBy(line -> line, Collectors.counting()));
    }
}
