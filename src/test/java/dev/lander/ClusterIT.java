package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.Programs;
import dev.lander.testing.PythonClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three Landers of one cluster, and a component with its clients, each on a machine of its own: network namespaces,
 * which end with the processes that hold them.
 */
@Timeout(120)
class ClusterIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String COMPONENT_PORT = "20001";
    private static final String RELAY_PORT = "20000";

    /** Opens connections at a rate for some seconds, each with a question; exits with the number without an answer. */
    private static final String ASK = """
            import socket, sys, threading, time
            lost = []
            def ask():
                try:
                    with socket.create_connection((sys.argv[1], int(sys.argv[2])), 5) as client:
                        client.settimeout(5)
                        client.sendall(b"hello")
                        if client.recv(5) != b"hello":
                            lost.append("closed")
                except OSError as failed:
                    lost.append(str(failed))
            count, rate = int(sys.argv[3]), int(sys.argv[4])
            begin = time.monotonic()
            threads = []
            for i in range(count):
                time.sleep(max(0, begin + i / rate - time.monotonic()))
                threads.append(threading.Thread(target=ask))
                threads[-1].start()
                if i == rate:
                    print("under way", flush=True)
            for thread in threads:
                thread.join()
            print(lost, flush=True)
            sys.exit(min(len(lost), 100))
            """;

    private static final String ECHO = """
            import socketserver, sys
            class Echo(socketserver.BaseRequestHandler):
                def handle(self):
                    self.request.sendall(self.request.recv(100))
            socketserver.ThreadingTCPServer.request_queue_size = 100
            server = socketserver.ThreadingTCPServer(("", int(sys.argv[1])), Echo)
            print("listening", flush=True)
            server.serve_forever()
            """;

    private final List<ChildProcess> started = new ArrayList<>();
    private final List<ChildProcess> machines = new ArrayList<>();

    @BeforeEach
    void connectMachines() throws Exception {
        Programs.needAllowed(
                "network namespaces (root; Debian: iproute2, util-linux)",
                "unshare",
                "-n",
                "ip",
                "link",
                "add",
                "type",
                "veth");
        for (int i = 0; i < 5; i++) { // the first is the switch
            ChildProcess machine = hold(List.of("unshare", "-n", "sleep", "300"));
            Await.until("it has a namespace of its own", () -> !networkOf(Long.toString(machine.pid()))
                    .equals(networkOf("self")));
            machines.add(machine);
        }
        run(0, "ip link add br0 type bridge");
        run(0, "ip link set br0 up");
        for (int i = 1; i < machines.size(); i++) {
            run(
                    0,
                    "ip link add p" + i + " type veth peer name e0 netns "
                            + machines.get(i).pid());
            run(0, "ip link set p" + i + " master br0");
            run(0, "ip link set p" + i + " up");
            run(i, "ip link set lo up");
            run(i, "ip link set e0 up");
            run(i, "ip addr add " + address(i) + "/24 dev e0");
        }
    }

    @AfterEach
    void end() {
        started.forEach(ChildProcess::close);
    }

    @Test
    void theDeathOfTheLanderThatHasAComponentIsNoticedByNobody(@TempDir Path folder) throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "a key of this test alone\n");
        List<ChildProcess> landers = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            landers.add(startLander(i, key, "--cluster-grace=2s"));
        }
        for (ChildProcess lander : landers) {
            Await.until("all know all", LIMIT, () -> logged(lander, "cluster_view members=3"));
        }
        startComponent();
        for (ChildProcess lander : landers) {
            Await.until("all serve it", () -> logged(lander, "registered service=tcp/" + RELAY_PORT));
        }
        assertEquals(0, ask(3, 1, 1).exitStatus(), "the third serves what is registered with the first");
        ChildProcess clients = ask(2, 600, 60);
        Await.until("clients come", () -> clients.output().contains("under way"));
        landers.get(0).signal("KILL");
        assertEquals(0, clients.exitStatus(LIMIT), clients::toString);
        assertTrue(logged(landers.get(1), "member_lost"), landers.get(1)::toString);
    }

    @Test
    void aWrongKeyIsNamedInBothLogs(@TempDir Path folder) throws Exception {
        ChildProcess one = startLander(1, Files.writeString(folder.resolve("key"), "a key of this test alone\n"));
        ChildProcess two = startLander(2, Files.writeString(folder.resolve("other"), "another key than that one\n"));
        for (ChildProcess lander : List.of(one, two)) {
            Await.until("it is named", LIMIT, () -> logged(lander, "--cluster-key-file differs"));
            Await.until("it is alone", LIMIT, () -> logged(lander, "cluster_alone"));
        }
    }

    private ChildProcess startLander(int number, Path key, String... options) throws Exception {
        List<String> command =
                LanderProcess.command("--cluster=10.9.0.1,10.9.0.2,10.9.0.3", "--cluster-key-file=" + key);
        command.addAll(List.of(options));
        command.add("9988");
        ChildProcess lander = in(number, command.toArray(String[]::new));
        LanderProcess.awaitReady(lander);
        return lander;
    }

    private void startComponent() throws Exception {
        ChildProcess echo = in(4, PythonClient.python(), "-c", ECHO, COMPONENT_PORT);
        Await.until("the component listens", () -> echo.output().contains("listening"));
        Path agent = Path.of(System.getProperty("lander.clients", "clients"), "agent.py");
        PythonClient.awaitRegistered(in(
                4,
                PythonClient.python(),
                agent.toString(),
                address(1) + ":9988",
                "--port",
                COMPONENT_PORT,
                "--relay-port",
                RELAY_PORT));
    }

    private ChildProcess ask(int lander, int connections, int aSecond) throws Exception {
        return in(
                4,
                PythonClient.python(),
                "-c",
                ASK,
                address(lander),
                RELAY_PORT,
                Integer.toString(connections),
                Integer.toString(aSecond));
    }

    private static boolean logged(ChildProcess process, String text) {
        return process.log().stream().anyMatch(line -> line.contains(text));
    }

    private static String address(int machine) {
        return "10.9.0." + machine;
    }

    private static Path networkOf(String process) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc", process, "ns", "net"));
    }

    private void run(int machine, String command) throws Exception {
        ChildProcess child = in(machine, command.split(" ", -1));
        assertEquals(0, child.exitStatus(), child::toString);
    }

    private ChildProcess in(int machine, String... command) throws Exception {
        List<String> whole = new ArrayList<>(
                List.of("nsenter", "-t", Long.toString(machines.get(machine).pid()), "-n"));
        whole.addAll(List.of(command));
        return hold(whole);
    }

    private ChildProcess hold(List<String> command) throws Exception {
        ChildProcess child = ChildProcess.start(command);
        started.add(child);
        return child;
    }
}
