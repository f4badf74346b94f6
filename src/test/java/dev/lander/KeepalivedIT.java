package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.NetworkNamespace;
import dev.lander.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two machines with a Lander and a keepalived each, by the configurations of docs/keepalived, and a third one with
 * clients and a component.
 */
@Isolated
class KeepalivedIT {
    private static final Path CONFIGURATIONS = Path.of("docs", "keepalived");
    private static final int RELAY_PORT = 20_000;
    private static final List<String> VIRTUAL = List.of("10.0.0.50", "fd00::50");
    private static final Duration LONG = Duration.ofSeconds(40);

    /**
     * Opens connections at a steady rate, and prints how many of them got no answer, and for how many milliseconds
     * there was none: from the last answer before the first failure to the first one behind the last.
     */
    private static final String CLIENTS = """
            import asyncio, sys, time
            host, port, count, rate = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
            done = []
            async def ask(begin):
                try:
                    async def one():
                        reader, writer = await asyncio.open_connection(host, port)
                        answer = await reader.read(100)
                        writer.close()
                        return answer == b"one"
                    good = await asyncio.wait_for(one(), 2)
                except (OSError, asyncio.TimeoutError):
                    good = False
                done.append((begin, time.monotonic(), good))
            async def main():
                start = time.monotonic()
                tasks = []
                for i in range(count):
                    await asyncio.sleep(max(0, start + i / rate - time.monotonic()))
                    tasks.append(asyncio.create_task(ask(time.monotonic())))
                    if i == rate:
                        print("under way", flush=True)
                await asyncio.gather(*tasks)
            asyncio.run(main())
            failed = [one for one in done if not one[2]]
            gap = 0
            if failed:
                first, last = min(one[0] for one in failed), max(one[0] for one in failed)
                before = [one[1] for one in done if one[2] and one[1] <= first]
                after = [one[1] for one in done if one[2] and one[0] > last]
                gap = (min(after) if after else float("inf")) - max(before)
            print("failed=%d gap_ms=%d" % (len(failed), gap * 1000), flush=True)
            """;

    private static final String ASK_UDP = """
            import socket, sys
            family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
            client = socket.socket(family, socket.SOCK_DGRAM)
            client.settimeout(1)
            client.connect((sys.argv[1], int(sys.argv[2])))
            client.send(b"hello")
            assert client.recv(65535) == b"one"
            """;

    private static final int ROUNDS = 3;

    private final List<ChildProcess> landers = new ArrayList<>();
    private final List<ChildProcess> keepaliveds = new ArrayList<>();
    private final List<NetworkNamespace> machines = new ArrayList<>();
    private final Path folder;
    private NetworkNamespace clients;

    KeepalivedIT(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void joinThreeMachines() throws Exception {
        clients = NetworkNamespace.create();
        Programs.need("keepalived (Debian: keepalived)", "keepalived", "--version");
        Programs.need("curl (Debian: curl)", "curl", "--version");
        clients.run("ip link add br0 type bridge");
        clients.run("ip link set br0 up");
        clients.run("ip addr add 10.0.0.9/24 dev br0");
        clients.run("ip addr add fd00::9/64 dev br0 nodad");
        for (int i = 1; i <= 2; i++) {
            NetworkNamespace machine = NetworkNamespace.create();
            machines.add(machine);
            // Addresses that are being checked can't send yet, and there is nobody else.
            machine.run("sysctl -q -w net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.dad_transmits=0");
            machine.run("sysctl -q -w net.ipv4.ip_nonlocal_bind=1 net.ipv6.ip_nonlocal_bind=1");
            machine.join("eth0", clients, "v" + i);
            clients.run("ip link set v" + i + " master br0");
            machine.run("ip addr add 10.0.0." + i + "/24 dev eth0");
            machine.run("ip addr add fd00::" + i + "/64 dev eth0 nodad");
        }
    }

    @AfterEach
    void end() {
        machines.forEach(NetworkNamespace::close);
        clients.close();
    }

    /** As many as it takes the check to find out; nothing more is lost when it comes back. */
    @Tag("walks")
    @Test
    void aKilledLanderIsFoundByTheCheck() throws Exception {
        start("keepalived.conf");
        ChildProcess asking = ask(VIRTUAL.get(0), 2_200, 200);
        kill(0);
        Outcome outcome = Outcome.of(asking);
        report("killed, defaults", outcome);
        assertTrue(outcome.gapMs < 4_000, outcome::toString);
        awaitServedBy(1);
    }

    /** Where others keep the machine busy a round may take longer: then the machine that serves now has its turn. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aKilledLanderIsToldOfAtOnce(int family) throws Exception {
        start("keepalived-fast.conf");
        Outcome outcome = killInTurn(0, family);
        for (int round = 1; round < ROUNDS && !outcome.isPrompt(); round++) {
            int back = (round + 1) % 2;
            landers.set(back, startLander(back));
            awaitInTurn(back);
            outcome = killInTurn(round % 2, family);
        }
        assertTrue(outcome.isPrompt(), outcome::toString);
    }

    private Outcome killInTurn(int machine, int family) throws Exception {
        ChildProcess asking = ask(VIRTUAL.get(family), 2_200, 200);
        kill(machine);
        Outcome outcome = Outcome.of(asking);
        report("killed, fast, " + VIRTUAL.get(family), outcome);
        awaitServedBy(1 - machine);
        return outcome;
    }

    @Tag("walks")
    @Test
    void aMachineThatIsGoneIsReplaced() throws Exception {
        start("keepalived.conf");
        ChildProcess asking = ask(VIRTUAL.get(0), 1_600, 200);
        clients.run("ip link set v1 down");
        Outcome outcome = Outcome.of(asking);
        report("machine gone, defaults", outcome);
        assertTrue(outcome.gapMs < 4_000, outcome::toString);
        awaitServedBy(1);
    }

    /** The very commands of the drop-in, run as systemd would. */
    @Test
    void theDropInIsForTheFileThatTheConfigurationWatches() throws Exception {
        String dropIn = Files.readString(CONFIGURATIONS.resolve("failover.conf"));
        String watched = Files.readString(CONFIGURATIONS.resolve("keepalived-fast.conf"));
        assertTrue(watched.contains("file /run/lander-down\n"), watched);
        assertTrue(dropIn.contains("ExecStartPost=+" + tell(0, Path.of("/run/lander-down"))), dropIn);
        assertTrue(dropIn.contains("ExecStopPost=+" + tell(1, Path.of("/run/lander-down"))), dropIn);
    }

    private void start(String configuration) throws Exception {
        String[] controls = {"10.0.0.1:9988", "10.0.0.2:9988"};
        for (int i = 0; i < machines.size(); i++) {
            landers.add(startLander(i));
        }
        clients.startComponent("one", "tcp", 30_001, RELAY_PORT, "", controls);
        clients.startComponent("one", "udp", 30_001, RELAY_PORT, "", controls);
        startKeepalived(configuration, 0);
        awaitAddresses(0);
        startKeepalived(configuration, 1);
        for (String address : VIRTUAL) {
            assertEquals(0, askUdp(address), address);
        }
    }

    /** Under a shell that stands in for systemd: tells the file when Lander is up, and when it has ended. */
    private ChildProcess startLander(int machine) throws IOException {
        List<String> lander =
                LanderProcess.command("--virtual-address", String.join(",", VIRTUAL), "--admin", "8080", "9988");
        Path file = down(machine);
        String script = "\"$@\" & lander=$!; echo pid $lander; until curl -sf -o /dev/null"
                + " http://127.0.0.1:8080/healthz; do sleep 0.1; done; " + tell(0, file) + "; echo up; wait $lander; "
                + tell(1, file) + "; echo ended";
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        command.addAll(lander);
        ChildProcess process = machines.get(machine).start(command.toArray(String[]::new));
        Await.until("it is up", () -> process.output().contains("up"));
        return process;
    }

    private Path down(int machine) {
        return folder.resolve("down" + machine);
    }

    private static String tell(int value, Path file) {
        return "/bin/sh -c 'echo " + value + " >" + file + "'";
    }

    /** Its keepalived sees that it is back: both instances. */
    private void awaitInTurn(int machine) {
        Await.until("it could take over again", () -> {
            String log = String.join("\n", keepaliveds.get(machine).log());
            return List.of("(lander4) Entering BACKUP", "(lander6) Entering BACKUP").stream()
                    .allMatch(entered -> log.lastIndexOf(entered) > log.lastIndexOf("Entering FAULT"));
        });
        String own = "10.0.0." + (machine + 1);
        Await.until("its components are back", () -> isServed(own));
    }

    private void startKeepalived(String configuration, int machine) throws IOException {
        String text = Files.readString(CONFIGURATIONS.resolve(configuration))
                .replace("priority 100", "priority " + (100 - 10 * machine))
                .replace("router_id lb1", "router_id lb" + (machine + 1))
                .replace("/run/lander-down", down(machine).toString());
        Path file = Files.writeString(folder.resolve("keepalived" + machine + ".conf"), text);
        String pid = folder.resolve("pid" + machine).toString();
        keepaliveds.add(machines.get(machine)
                .start(
                        "keepalived",
                        "--vrrp",
                        "--dont-fork",
                        "--log-console",
                        "--use-file",
                        file.toString(),
                        "--pid",
                        pid,
                        "--vrrp_pid",
                        pid + "-vrrp"));
    }

    /** Both have come to this machine. */
    private void awaitAddresses(int machine) {
        Await.until("the addresses are there", () -> {
            ChildProcess shown = machines.get(machine).start("ip", "-o", "addr", "show", "dev", "eth0");
            assertEquals(0, shown.exitStatus());
            String all = String.join("\n", shown.output());
            return VIRTUAL.stream().allMatch(address -> all.contains(" " + address + "/"));
        });
    }

    private void awaitServedBy(int machine) throws Exception {
        awaitAddresses(machine);
        for (String address : VIRTUAL) {
            assertEquals(0, askUdp(address), address);
        }
    }

    private void kill(int machine) throws Exception {
        String pid = landers.get(machine).output().get(0).replace("pid ", "");
        machines.get(machine).run("kill -KILL " + pid);
    }

    /** Returns a second after they have begun. */
    private ChildProcess ask(String address, int count, int rate) throws Exception {
        ChildProcess asking = clients.python(
                CLIENTS, address, Integer.toString(RELAY_PORT), Integer.toString(count), Integer.toString(rate));
        Await.until("clients are under way", () -> asking.output().contains("under way"));
        return asking;
    }

    private boolean isServed(String address) throws Exception {
        ChildProcess one = clients.python(CLIENTS, address, Integer.toString(RELAY_PORT), "1", "1");
        return one.exitStatus() == 0 && one.output().get(0).startsWith("failed=0 ") && askUdp(address) == 0;
    }

    private int askUdp(String address) throws Exception {
        return clients.python(ASK_UDP, address, Integer.toString(RELAY_PORT)).exitStatus();
    }

    private static void report(String what, Outcome outcome) {
        System.out.println(what + ": " + outcome);
    }

    /** What clients met. */
    private record Outcome(int failed, int gapMs) {
        boolean isPrompt() {
            return failed <= 10 && gapMs < 300;
        }

        static Outcome of(ChildProcess asking) throws Exception {
            assertEquals(0, asking.exitStatus(LONG), asking::toString);
            String[] figures = asking.output().get(1).split("[= ]", -1);
            return new Outcome(Integer.parseInt(figures[1]), Integer.parseInt(figures[3]));
        }
    }
}
