package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four components are restarted one after the other under load, and no client notices. */
class RollingRestartIT {
    private static final int COMPONENTS = 4;

    /** What each component must have sent to clients before the next is restarted. */
    private static final int SHARE_BYTES = 100_000;

    /** Fewer would be no load. */
    private static final int MIN_REQUESTS = 200;

    /** Starting an interpreter takes its time beside the load. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final Pattern SERVED = Pattern.compile("(?<count>\\d+) requests in ");

    private final List<ChildProcess> components = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final int relayPort = FreePorts.next();
    private LanderProcess lander;

    @BeforeEach
    void start() throws IOException {
        Programs.need("wrk", "sh", "-c", "command -v wrk");
        lander = LanderProcess.start();
    }

    @AfterEach
    void end() {
        components.forEach(ChildProcess::close);
        lander.close();
    }

    @Test
    void flaskServersDrainedByLanderctlLoseNoRequest() throws Exception {
        restartUnderLoad("/?size=20000", this::startFlaskAndUndrain, old -> {
            try (ChildProcess drain = PythonClient.start(
                    "landerctl.py", control(), "drain", "127.0.0.1:" + ports.get(components.indexOf(old)))) {
                assertEquals(0, drain.exitStatus(LIMIT), drain::toString);
                assertTrue(drain.log().get(drain.log().size() - 1).endsWith("drained"), drain::toString);
            }
            old.signal("KILL"); // nothing is left that could need a gentle end
            assertEquals(128 + 9, old.exitStatus(), old::toString);
        });
    }

    /**
     * Connections that stay open: nginx closes each after this number of requests, and says so to the client before.
     */
    @Test
    void nginxUnderAgentsThatGetSigtermLosesNoRequest(@TempDir Path folder) throws Exception {
        Programs.need("nginx", "nginx", "-v");
        restartUnderLoad("/", port -> startNginx(folder, port), old -> {
            old.signal("TERM");
            assertEquals(0, old.exitStatus(LIMIT), old::toString);
            assertTrue(old.log().stream().anyMatch(line -> line.contains("no client left")), old::toString);
        });
    }

    private void restartUnderLoad(String path, Starting starting, Stopping stopping) throws Exception {
        for (int i = 0; i < COMPONENTS; i++) {
            ports.add(FreePorts.next());
            components.add(starting.start(ports.get(i)));
        }
        try (ControlPeer observer = lander.control();
                ChildProcess load = startLoad(path)) {
            for (int i = 0; i < COMPONENTS; i++) {
                awaitServing(observer, ports.get(i));
                stopping.stop(components.get(i));
                components.set(i, starting.start(ports.get(i)));
                awaitServing(observer, ports.get(i));
            }
            assertNobodyWasTurnedAway();
            load.signal("INT"); // it reports what it has seen, and ends
            assertEquals(0, load.exitStatus(), load::toString);
            assertServedWithoutError(load);
        }
    }

    private ChildProcess startLoad(String path) throws IOException {
        String url = "http://127.0.0.1:" + relayPort + path;
        return ChildProcess.start(List.of("wrk", "-t1", "-c8", "-d60s", "--timeout", "20s", url));
    }

    private void awaitServing(ControlPeer observer, int port) {
        Await.until(
                "the component at " + port + " has its share of the load",
                () -> ShownStatus.of(observer).component(port).bytesOut() > SHARE_BYTES);
    }

    private void assertNobodyWasTurnedAway() {
        for (String event : List.of("tcp_clients_closed", "upstream_connects_failed", "tcp_relays_cut")) {
            assertTrue(
                    lander.process().log().stream().noneMatch(line -> line.contains(event)),
                    lander.process()::toString);
        }
    }

    private static void assertServedWithoutError(ChildProcess load) {
        String report = String.join("\n", load.output());
        Matcher served = SERVED.matcher(report);
        assertTrue(served.find(), load::toString);
        assertTrue(Integer.parseInt(served.group("count")) > MIN_REQUESTS, load::toString);
        assertTrue(!report.contains("Socket errors") && !report.contains("Non-2xx"), load::toString);
    }

    private ChildProcess startFlask(int port) throws IOException {
        return PythonClient.startServer("api_server.py", lander, port, relayPort);
    }

    /** An operator's drain outlives the component; of one that is not drained this takes nothing back. */
    private ChildProcess startFlaskAndUndrain(int port) throws IOException, InterruptedException {
        ChildProcess flask = startFlask(port);
        try (ChildProcess undrain = PythonClient.start("landerctl.py", control(), "undrain", "127.0.0.1:" + port)) {
            assertEquals(0, undrain.exitStatus(LIMIT), undrain::toString);
        }
        return flask;
    }

    private ChildProcess startNginx(Path folder, int port) throws IOException {
        Path configuration = folder.resolve(port + ".conf");
        Files.writeString(configuration, """
                daemon off;
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
        return PythonClient.awaitRegistered(PythonClient.start(
                "agent.py",
                control(),
                "--port",
                port,
                "--relay-port",
                relayPort,
                "--check-interval",
                "100ms",
                "--",
                "nginx",
                "-c",
                configuration));
    }

    private String control() {
        return "127.0.0.1:" + lander.controlAddress().getPort();
    }

    /** Starts a component that serves on this port; it is registered then. */
    private interface Starting {
        ChildProcess start(int port) throws Exception;
    }

    /** Lets its clients go elsewhere and stops a component; it has exited then. */
    private interface Stopping {
        void stop(ChildProcess component) throws Exception;
    }
}
