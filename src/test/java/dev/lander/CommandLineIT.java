package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users see of the command line: options, messages and exit statuses. */
class CommandLineIT {
    private static final int UNAUTHORIZED = 10;
    private static final int FORBIDDEN = 11;

    @Test
    void anAddressOfIpv4LeavesIpv6Alone() throws Exception {
        try (LanderProcess lander = LanderProcess.start("--bind", "0.0.0.0")) {
            lander.process().awaitLog("control channel listening on 0.0.0.0:");
            int port = lander.controlAddress().getPort();
            new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port).close();
            byte[] loopback = new byte[16];
            loopback[15] = 1;
            assertThrows(ConnectException.class, () -> new Socket(InetAddress.getByAddress(loopback), port).close());
        }
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @CsvSource(delimiter = '|', textBlock = """
                    ''                     | PORT is missing
                    nine                   | PORT: 'nine' is no port from 0 to 65535
                    65536                  | PORT: '65536' is no port from 0 to 65535
                    0 0                    | 0: PORT has been given already
                    --no-such-option 0     | --no-such-option: there is no such option
                    --control-alow ::1 0   | --control-alow: there is no such option; is it --control-allow?
                    --bind somewhere 0     | --bind: 'somewhere' is no address
                    --idle-timeout 5 0     | --idle-timeout: '5' is no duration
                    --health-misses 0 0    | --health-misses: '0' is no whole number from 1 on
                    --relay-ports 9-1 0    | --relay-ports: '9-1' is no port
                    --log-level loud 0     | --log-level: 'loud' is none of
                    @/no/such/file 0       | @/no/such/file: no such file
                    @/ 0                   | @/:
                    """)
    void aBadCommandLineIsToldInOneLine(String commandLine, String told) throws Exception {
        String[] arguments = commandLine.isEmpty() ? new String[0] : commandLine.split(" ", -1);
        try (ChildProcess lander = LanderProcess.run(arguments)) {
            assertEquals(2, lander.exitStatus(), lander::toString);
            assertEquals(List.of(), lander.output());
            assertEquals(1, lander.log().size(), lander::toString);
            assertTrue(lander.log().get(0).startsWith("lander: " + told), lander::toString);
        }
    }

    /** The variable names the stream that systemd has connected to the journal, here that which this test reads. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --bind 127.0.0.1 0 | <6>.* INFO  control channel listening .*
                    0                  | <4>.* WARN  everyone who reaches the control channel can register: .*
                    --token-file / 0   | <3>.* ERROR lander cannot start: .*
                    --nothing          | <3>lander: --nothing: there is no such option.*
                    """)
    void linesForTheJournalBeginWithTheirPriority(String options, String expected) throws Exception {
        String lander = String.join(" ", LanderProcess.command()) + " " + options;
        try (ChildProcess child = ChildProcess.start(
                List.of("sh", "-c", "export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); exec " + lander))) {
            Await.until(
                    expected, () -> child.log().stream().anyMatch(line -> line.matches(expected)) || !child.isAlive());
            assertTrue(child.log().stream().anyMatch(line -> line.matches(expected)), child::toString);
            assertTrue(child.log().stream().allMatch(line -> line.matches("<[3-7]>.*")), child::toString);
        }
    }

    @Test
    void whereStandardErrorIsNotTheJournalsNothingPrecedesALine() throws Exception {
        try (ChildProcess lander =
                ChildProcess.start(LanderProcess.command("--nothing"), Map.of("JOURNAL_STREAM", "1:1"))) {
            assertEquals(2, lander.exitStatus());
            assertTrue(lander.log().get(0).startsWith("lander: "), lander::toString);
        }
    }

    /** The hosts file stands for the name server. */
    @ParameterizedTest
    @ValueSource(strings = {"1.2.3.4.5", "256.0.0.1", "1.2.3", "4294967296", "...", ".:1"})
    void whatLooksLikeAnAddressIsNotLookedUp(String text, @TempDir Path folder) throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 " + text + "\n");
        try (ChildProcess lander = ChildProcess.start(
                LanderProcess.command("--bind", text, "0"),
                Map.of("JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + hosts))) {
            assertEquals(2, lander.exitStatus(), lander::toString);
            assertTrue(lander.toString().contains("'" + text + "' is no address"), lander::toString);
        }
    }

    @Test
    void aPortInUseIsToldInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0);
                ChildProcess lander = LanderProcess.run(Integer.toString(taken.getLocalPort()))) {
            assertEquals(1, lander.exitStatus(), lander::toString);
            assertEquals(List.of(), lander.output());
            assertEquals(1, lander.log().size(), lander::toString);
            String line = lander.log().get(0);
            assertTrue(line.endsWith("port " + taken.getLocalPort() + ": Address already in use"), line);
        }
    }

    @Test
    void aMissingTokenFileIsToldInOneLine(@TempDir Path folder) throws Exception {
        String file = folder.resolve("none").toString();
        try (ChildProcess lander = LanderProcess.run("--token-file", file, "0")) {
            assertEquals(1, lander.exitStatus(), lander::toString);
            assertEquals(1, lander.log().size(), lander::toString);
            assertTrue(lander.log().get(0).endsWith("--token-file " + file + ": no such file"), lander::toString);
        }
    }

    @Test
    void helpListsTheOptions() throws Exception {
        try (ChildProcess lander = LanderProcess.run("--help")) {
            assertEquals(0, lander.exitStatus(), lander::toString);
            assertEquals(List.of(), lander.log());
            assertEquals(
                    "Usage: java -jar lander.jar [OPTIONS] PORT",
                    lander.output().get(0));
            assertTrue(lander.toString().contains("--legacy-ports"), lander::toString);
        }
    }

    @Test
    void versionIsThatOfTheJar() throws Exception {
        try (JarFile jar = new JarFile(LanderProcess.jar().toFile());
                ChildProcess lander = LanderProcess.run("--version")) {
            String version = jar.getManifest().getMainAttributes().getValue("Implementation-Version");
            assertEquals(0, lander.exitStatus(), lander::toString);
            assertEquals(List.of("lander " + version), lander.output());
            assertTrue(version.matches("\\d+\\.\\d+\\.\\d+"), version);
        }
    }

    @Test
    void port0PicksAFreeOneAndTheLogNamesIt() throws Exception {
        try (LanderProcess lander = LanderProcess.start("--bind", "127.0.0.1");
                ControlPeer peer = lander.control()) {
            assertEquals(List.of(), peer.status().asArrayValue().list());
            int port = lander.controlAddress().getPort();
            lander.process().awaitLog("control channel listening on 127.0.0.1:" + port);
            assertEquals(List.of(), lander.process().output());
        }
    }

    @Test
    void optionsComeFromTheEnvironmentToo() throws Exception {
        int allowed = FreePorts.next();
        // Were the level not overruled by the command line, the ready line would be missing.
        Map<String, String> environment =
                Map.of("LANDER_RELAY_PORTS", Integer.toString(allowed), "LANDER_LOG_LEVEL", "error");
        try (LanderProcess lander = LanderProcess.start(environment, "--log-level", "info");
                ControlPeer component = lander.control()) {
            assertEquals(FORBIDDEN, component.register("tcp", 1, FreePorts.next()));
            assertEquals(0, component.register("tcp", 1, allowed));
        }
    }

    @Test
    void optionsComeFromAFileToo(@TempDir Path folder) throws Exception {
        int allowed = FreePorts.next();
        Path file = Files.writeString(folder.resolve("options"), "# one port\n--relay-ports " + allowed + "\n");
        try (LanderProcess lander = LanderProcess.start("@" + file);
                ControlPeer component = lander.control()) {
            assertEquals(FORBIDDEN, component.register("tcp", 1, FreePorts.next()));
            assertEquals(0, component.register("tcp", 1, allowed));
        }
    }

    @Test
    void sighupReadsTheTokenFileAgain(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "old\n");
        int relayPort = FreePorts.next();
        try (LanderProcess lander = LanderProcess.start("--token-file", file.toString());
                ControlPeer component = lander.control()) {
            assertEquals(UNAUTHORIZED, component.register("tcp", 1, relayPort, "token", "new"));
            assertEquals(0, component.register("tcp", 1, relayPort, "token", "old"));

            Files.writeString(file, "new\n");
            lander.process().signal("HUP");
            lander.process().awaitLog("reloaded");

            assertEquals(UNAUTHORIZED, component.register("tcp", 2, relayPort, "token", "old"));
            assertEquals(0, component.register("tcp", 2, relayPort, "token", "new"));

            Files.delete(file);
            lander.process().signal("HUP");
            lander.process().awaitLog("reload failed, the old token holds");

            assertEquals(UNAUTHORIZED, component.register("tcp", 3, relayPort));
            assertEquals(0, component.register("tcp", 3, relayPort, "token", "new"));
        }
    }

    @Test
    void theLogIsUtf8WithoutALocale() throws Exception {
        try (LanderProcess lander = LanderProcess.start(Map.of("LC_ALL", "C", "LANG", "C"));
                ControlPeer component = lander.control()) {
            assertEquals(0, component.register("tcp", 1, FreePorts.next(), "name", "서버"));
            String line = lander.process().awaitLog("registered service=");
            assertTrue(line.contains("서버"), line);
        }
    }

    @Test
    void aFileNameThatTheLocaleCannotHoldIsToldSo() throws Exception {
        String name = "$(printf '\\353\\271\\204')"; // 비, however the test itself is started
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "exec \"$@\" --token-file \"" + name + "\" 0", "sh"));
        command.addAll(LanderProcess.command());
        try (ChildProcess lander = ChildProcess.start(command, Map.of("LC_ALL", "C", "LANG", "C"))) {
            assertEquals(2, lander.exitStatus(), lander::toString);
            assertTrue(lander.toString().contains("LC_ALL=C.UTF-8"), lander::toString);
        }
        try (ChildProcess lander = ChildProcess.start(command, Map.of("LC_ALL", "C.UTF-8"))) {
            assertEquals(1, lander.exitStatus(), lander::toString);
            assertTrue(lander.toString().contains("--token-file 비: no such file"), lander::toString);
        }
    }
}
