package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.NotifyReceiver;
import dev.lander.testing.TcpServer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged Lander under a service manager that speaks as systemd does. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "systemd is Linux's")
class ServiceManagerIT {
    private static final long WATCHDOG_US = 400_000;

    @ParameterizedTest
    @ValueSource(strings = {"path", "abstract"})
    void theManagerHearsOfBeginningLifeAndEnd(String kind, @TempDir Path folder) throws Exception {
        int relayPort = FreePorts.next();
        try (NotifyReceiver manager = NotifyReceiver.start(NotifyReceiver.address(kind, folder));
                TcpServer server = TcpServer.echo();
                LanderProcess lander = LanderProcess.start(
                        manager.environment(WATCHDOG_US), "--bind", "127.0.0.1", "--drain-timeout", "2m");
                ControlPeer component = lander.control()) {
            int port = lander.controlAddress().getPort();
            assertEquals("READY=1 STATUS=control channel listening on 127.0.0.1:" + port, manager.await("READY"));
            Await.until("it is alive", () -> manager.count("WATCHDOG=1") >= 3);

            assertEquals(0, component.register("tcp", server.port(), relayPort));
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
                client.getOutputStream().write('?');
                assertEquals('?', client.getInputStream().read());
                lander.process().signal("TERM");
                assertEquals(
                        "STOPPING=1 EXTEND_TIMEOUT_USEC=130000000 STATUS=ending, open relays: 1, cut in 120 s unless they"
                                + " finish",
                        manager.await("STOPPING"));
                assertTrue(manager.await("STATUS=ending, open relays: 1, cut in 11")
                        .endsWith(" s unless they finish"));
                long alive = manager.count("WATCHDOG=1");
                Await.until("it is alive while it drains", () -> manager.count("WATCHDOG=1") >= alive + 2);
            }
            assertEquals(0, lander.process().exitStatus());
        }
    }

    @Test
    void withoutAManagerOrAClusterNothingOfThemIsLoaded(@TempDir Path folder) throws Exception {
        Path classes = folder.resolve("classes");
        Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + classes);
        try (LanderProcess lander = LanderProcess.start(environment)) {
            lander.process().signal("TERM");
            assertEquals(0, lander.process().exitStatus());
        }
        List<String> loaded = Files.readAllLines(classes);
        assertTrue(loaded.stream().anyMatch(line -> line.contains("dev.lander.host.ServiceNotifier")));
        for (String unused : List.of("com.sun.jna.", "org.jgroups.", "dev.lander.cluster.")) {
            List<String> all =
                    loaded.stream().filter(line -> line.contains(unused)).toList();
            assertEquals(List.of(), all);
        }
    }
}
