package dev.lander;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.TcpServer;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One line for each finished TCP relay and UDP flow, with how it ended. */
class AccessLogIT {
    private static final Pattern LINE =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)"
                    + " service=(?<service>\\S+) client=127\\.0\\.0\\.1:(?<port>\\d+) component=(?<component>\"(?:[^\"\\\\]|\\\\.)*\"|\\S+)"
                    + " connect_ms=\\d+\\.\\d{3} duration_ms=(?<duration>\\d+\\.\\d{3})"
                    + " bytes_in=(?<in>\\d+) bytes_out=(?<out>\\d+) end=(?<end>[a-z_]+)");

    private final int relayPort = FreePorts.next();

    private final Path folder;
    private final Path file;

    AccessLogIT(@TempDir Path folder) {
        this.folder = folder;
        this.file = folder.resolve("access.log");
    }

    @Test
    void whoClosedATcpRelayIsLogged() throws Exception {
        try (TcpServer echo = TcpServer.echo();
                TcpServer telling = TcpServer.tellingItsPort();
                LanderProcess lander = start();
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", echo.port(), relayPort, "name", "an \"echo\""));
            try (Socket client = connect()) {
                client.getOutputStream().write(new byte[1_000]);
                client.shutdownOutput();
                assertEquals(1_000, client.getInputStream().readAllBytes().length);
                assertLine(1, client.getLocalPort(), "\"an \\\"echo\\\"\"", 1_000, 1_000, "client_closed");
            }
            assertEquals(0, control.unregister("tcp", echo.port(), relayPort));
            assertEquals(0, control.register("tcp", telling.port(), relayPort));
            Socket client = connect();
            int length = client.getInputStream().readAllBytes().length;
            client.close();
            assertLine(2, client.getLocalPort(), "127.0.0.1:" + telling.port(), 0, length, "component_closed");
        }
    }

    @Test
    void resetsAndRefusalsAndCutsAreLogged() throws Exception {
        try (TcpServer echo = TcpServer.echo();
                TcpServer resetting = TcpServer.serving(connection -> {
                    connection.getInputStream().readNBytes(1);
                    connection.setSoLinger(true, 0);
                });
                LanderProcess lander = start("--drain-timeout", "100ms");
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", echo.port(), relayPort, "name", "echo"));
            Socket client = connect();
            int clientPort = client.getLocalPort();
            client.getOutputStream().write(new byte[10]);
            client.getInputStream().readNBytes(10);
            client.setSoLinger(true, 0);
            client.close();
            assertLine(1, clientPort, "echo", 10, 10, "client_reset");

            assertEquals(0, control.report("tcp", relayPort, "bad"));
            try (Socket refused = connect()) {
                assertLine(2, refused.getLocalPort(), "-", 0, 0, "no_component");
            }
            assertEquals(0, control.register("tcp", resetting.port(), relayPort, "name", "resetting"));
            try (Socket reset = connect()) {
                reset.getOutputStream().write(1);
                assertLine(3, reset.getLocalPort(), "resetting", 1, 0, "component_reset");
            }
            try (Socket cut = connect()) {
                Await.until("it is served", () -> resetting.accepted() == 2);
                lander.process().signal("TERM");
                assertEquals(0, lander.process().exitStatus());
                assertLine(4, cut.getLocalPort(), "resetting", 0, 0, "cut");
            }
        }
    }

    @Test
    void timeoutsAreLogged() throws Exception {
        try (TcpServer echo = TcpServer.echo();
                UdpServer udpEcho = UdpServer.echo();
                LanderProcess lander = start("--idle-timeout", "200ms", "--udp-timeout", "200ms");
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", echo.port(), relayPort, "name", "echo"));
            try (Socket client = connect()) {
                assertLine(1, client.getLocalPort(), "echo", 0, 0, "idle");
            }
            assertEquals(0, control.register("udp", udpEcho.port(), relayPort, "name", "udp echo"));
            try (DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                ask(client, "hello");
                ask(client, "hello again");
                Matcher line = assertLine(2, client.getLocalPort(), "\"udp echo\"", 16, 16, "timeout");
                assertEquals("udp/" + relayPort, line.group("service"));
                assertTrue(Double.parseDouble(line.group("duration")) < 200, line.group());
            }
        }
    }

    @Test
    void whyUdpFlowsEndIsLogged() throws Exception {
        try (UdpServer echo = UdpServer.echo();
                LanderProcess lander = start("--max-udp-flows", "1");
                ControlPeer control = lander.control();
                DatagramSocket first = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                DatagramSocket second = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            assertEquals(0, control.register("udp", echo.port(), relayPort, "name", "echo"));
            ask(first, "1");
            ask(second, "22");
            assertLine(1, first.getLocalPort(), "echo", 1, 1, "evicted");
            assertEquals(0, control.unregister("udp", echo.port(), relayPort));
            assertLine(2, second.getLocalPort(), "echo", 2, 2, "component_left");
            assertEquals(0, control.register("udp", echo.port(), relayPort, "name", "echo", "responses", 1));
            ask(first, "333");
            ask(second, "4444");
            assertLine(3, first.getLocalPort(), "echo", 3, 3, "answered");
            lander.process().signal("TERM");
            assertEquals(0, lander.process().exitStatus());
            assertLine(4, second.getLocalPort(), "echo", 4, 4, "cut");
        }
    }

    @Test
    void aFileThatWasMovedAwayIsOpenedAnewOnHangup() throws Exception {
        try (TcpServer telling = TcpServer.tellingItsPort();
                LanderProcess lander = start();
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", telling.port(), relayPort));
            connect().close();
            lines(1);
            Path moved = folder.resolve("access.log.1");
            Files.move(file, moved);
            connect().close();
            Await.until(
                    "it still goes where it went",
                    () -> Files.readAllLines(moved).size() == 2);
            lander.process().signal("HUP");
            lander.process().awaitLog("reopened access_log=");
            connect().close();
            lines(1);
            assertEquals(2, Files.readAllLines(moved).size());
        }
    }

    @Test
    void standardOutputHasTheLinesAndNothingElse() throws Exception {
        try (TcpServer telling = TcpServer.tellingItsPort();
                LanderProcess lander = LanderProcess.start("--access-log", "-");
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", telling.port(), relayPort));
            connect().close();
            ChildProcess process = lander.process();
            Await.until("a line has come", () -> !process.output().isEmpty());
            process.signal("TERM");
            assertEquals(0, process.exitStatus());
            assertEquals(1, process.output().size());
            assertTrue(LINE.matcher(process.output().get(0)).matches(), process.output()::toString);
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsOneClearLine() throws Exception {
        Path nowhere = folder.resolve("nowhere/access.log");
        try (ChildProcess lander = LanderProcess.run("--access-log", nowhere.toString(), "0")) {
            assertEquals(1, lander.exitStatus());
            assertEquals(1, lander.log().size());
            assertTrue(
                    lander.log().get(0).endsWith("--access-log " + nowhere + ": no such directory"), lander::toString);
        }
    }

    private LanderProcess start(String... options) throws IOException {
        String[] all = List.of(options).toArray(new String[options.length + 2]);
        all[options.length] = "--access-log";
        all[options.length + 1] = file.toString();
        return LanderProcess.start(all);
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort);
        client.setSoTimeout(10_000);
        return client;
    }

    private void ask(DatagramSocket client, String text) throws IOException {
        client.setSoTimeout(10_000);
        byte[] bytes = text.getBytes(US_ASCII);
        client.send(new DatagramPacket(
                bytes, bytes.length, new InetSocketAddress(InetAddress.getLoopbackAddress(), relayPort)));
        client.receive(new DatagramPacket(new byte[100], 100));
    }

    /** Waits for this many lines. */
    private List<String> lines(int count) {
        Await.until(
                count + " lines are written",
                () -> Files.exists(file) && Files.readAllLines(file).size() >= count);
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    /** Waits for the n-th line, which must be so. */
    private Matcher assertLine(int number, int clientPort, String component, int bytesIn, int bytesOut, String end) {
        String text = lines(number).get(number - 1);
        Matcher line = LINE.matcher(text);
        assertTrue(line.matches(), text);
        assertEquals(clientPort, Integer.parseInt(line.group("port")), text);
        assertEquals(component, line.group("component"), text);
        assertEquals(bytesIn, Integer.parseInt(line.group("in")), text);
        assertEquals(bytesOut, Integer.parseInt(line.group("out")), text);
        assertEquals(end, line.group("end"), text);
        return line;
    }
}
