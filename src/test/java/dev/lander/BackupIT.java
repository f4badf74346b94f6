package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.Programs;
import dev.lander.testing.PythonClient;
import dev.lander.testing.ShownStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup serves while there is no primary, under load. */
class BackupIT {
    /** What wrk has open, each with one request under way: so many can be cut when a server dies. */
    private static final int CONNECTIONS = 8;

    /** What a component must have sent to clients to count as serving. */
    private static final int SHARE_BYTES = 100_000;

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern ERRORS = Pattern.compile(
            "Socket errors: connect (?<connect>\\d+), read (?<read>\\d+), write (?<write>\\d+), timeout (?<timeout>\\d+)");

    private final Path folder;
    private final int relayPort = FreePorts.next();
    private final int first = FreePorts.next();
    private final int second = FreePorts.next();
    private final int backup = FreePorts.next();

    BackupIT(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void backupServesWhenTheLastPrimaryHasDiedAndRestsWhenOneIsBack() throws Exception {
        Programs.need("wrk", "sh", "-c", "command -v wrk");
        Programs.need("nginx", "nginx", "-v");
        try (LanderProcess lander = LanderProcess.start();
                ControlPeer observer = lander.control();
                ChildProcess one = startNginx(lander, first);
                ChildProcess last = startNginx(lander, second);
                ChildProcess resting = startNginx(lander, backup, "--backup");
                ChildProcess load = startLoad()) {
            awaitMoreFrom(observer, first);
            awaitMoreFrom(observer, second);
            one.signal("TERM");
            assertEquals(0, one.exitStatus(LIMIT), one::toString);
            awaitMoreFrom(observer, second);
            assertEquals(0, shown(observer, backup).total(), "a primary is left");

            kill(second);
            Await.until("its agent has noticed", () -> !last.isAlive());
            awaitMoreFrom(observer, backup);

            try (ChildProcess back = startNginx(lander, first)) {
                Await.until(
                        "the backup's clients have gone elsewhere",
                        () -> shown(observer, backup).active() == 0);
                long begun = shown(observer, backup).total();
                awaitMoreFrom(observer, first);
                assertEquals(begun, shown(observer, backup).total(), resting::toString);
                load.signal("INT"); // it reports what it has seen, and ends
                assertEquals(0, load.exitStatus(), () -> load + "\n" + back);
            }
            assertOnlyTheRequestsUnderWayFailed(load);
            assertTrue(
                    lander.process().log().stream().noneMatch(line -> line.contains("tcp_clients_closed")),
                    lander.process()::toString);
        }
    }

    /** Kills the server alone: until its agent has noticed, Lander still tries it. */
    private void kill(int port) throws IOException {
        long pid = Long.parseLong(
                Files.readString(folder.resolve(port + ".conf.pid")).strip());
        assertTrue(ProcessHandle.of(pid).orElseThrow().destroyForcibly());
    }

    private ChildProcess startLoad() throws IOException {
        String url = "http://127.0.0.1:" + relayPort + "/";
        return ChildProcess.start(List.of("wrk", "-t1", "-c" + CONNECTIONS, "-d60s", "--timeout", "20s", url));
    }

    private static void awaitMoreFrom(ControlPeer observer, int port) throws IOException {
        long before = shown(observer, port).bytesOut();
        Await.until(
                "the component at " + port + " serves",
                () -> shown(observer, port).bytesOut() > before + SHARE_BYTES);
    }

    private static ShownStatus.Component shown(ControlPeer observer, int port) throws IOException {
        return ShownStatus.of(observer).component(port);
    }

    /** Of each connection one request was on its way when the server died. */
    private static void assertOnlyTheRequestsUnderWayFailed(ChildProcess load) {
        String report = String.join("\n", load.output());
        assertFalse(report.contains("Non-2xx"), report);
        Matcher errors = ERRORS.matcher(report);
        assertTrue(errors.find(), "the death of the last primary cuts somebody: " + report);
        assertEquals("0", errors.group("connect"), report);
        assertEquals("0", errors.group("timeout"), report);
        int cut = Integer.parseInt(errors.group("read")) + Integer.parseInt(errors.group("write"));
        assertTrue(cut <= CONNECTIONS, report);
    }

    /** One process, whose death leaves no listening socket behind. */
    private ChildProcess startNginx(LanderProcess lander, int port, String... more) throws IOException {
        Path configuration = folder.resolve(port + ".conf");
        Files.writeString(configuration, """
                daemon off;
                master_process off;
                pid %1$s.pid;
                error_log stderr;
                events {}
                http {
                    access_log off;
                    keepalive_requests 100;
                    server {
                        listen 127.0.0.1:%2$d;
                        location / { return 200 "%3$s"; }
                    }
                }
                """.formatted(configuration, port, "x".repeat(100)));
        List<Object> arguments =
                new ArrayList<>(List.of("127.0.0.1:" + lander.controlAddress().getPort()));
        arguments.addAll(List.of("--port", port, "--relay-port", relayPort, "--check-interval", "100ms"));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("--", "nginx", "-c", configuration));
        return PythonClient.awaitRegistered(PythonClient.start("agent.py", arguments.toArray()));
    }
}
