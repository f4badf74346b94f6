package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.StatusPage;
import dev.lander.testing.TcpServer;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The status page in a browser, from the packaged Lander. */
class StatusPageIT {
    private static final String ADMIN = "admin page on ";
    private static final int PORT = 30_000;

    @SuppressWarnings("NullAway.Init")
    private static StatusPage page;

    @SuppressWarnings("NullAway.Init")
    private static LanderProcess lander;

    @SuppressWarnings("NullAway.Init")
    private static String address;

    @BeforeAll
    static void start() throws IOException {
        page = StatusPage.startBrowser();
        lander = LanderProcess.start("--admin", "127.0.0.1:0");
        String log = lander.process().awaitLog(ADMIN);
        address = log.substring(log.indexOf(ADMIN) + ADMIN.length());
    }

    @AfterAll
    @SuppressWarnings("ConstantValue")
    static void end() {
        if (page != null) {
            page.close();
        }
        if (lander != null) {
            lander.close();
        }
    }

    @BeforeEach
    void noComponentIsLeft() throws IOException {
        try (ControlPeer operator = lander.control()) {
            Await.until(
                    "nothing is registered",
                    () -> operator.status().asArrayValue().size() == 0);
        }
        page.open(address);
    }

    @Test
    void rowsComeAndGoWithRegistrations() throws IOException {
        page.awaitText("link-state", "Live");
        assertTrue(page.shows("empty"), "how to register a first component");
        String control = "127.0.0.1:" + lander.controlAddress().getPort();
        assertTrue(page.text("empty").contains("agent.py " + control), page.text("empty")); // works when copied
        int relayPort = FreePorts.next();
        try (ControlPeer first = lander.control()) {
            first.register("tcp", PORT, relayPort, "name", "one");
            page.awaitComponents("one");
            assertFalse(page.shows("empty"));
            try (ControlPeer second = lander.control()) {
                second.register("tcp", PORT + 1, relayPort, "name", "two");
                page.awaitComponents("one", "two");
                page.awaitEvent("Registered", "two", "TCP " + relayPort);
            }
            page.awaitComponents("one");
            page.awaitEvent("Left", "two");
        }
        page.awaitComponents();
        page.awaitEvent("Port closed", "TCP " + relayPort);
        assertTrue(page.shows("empty"));
        assertUndisturbed();
    }

    @Test
    void aComponentOutOfRotationIsSaidToBe() throws IOException {
        int relayPort = FreePorts.next();
        try (ControlPeer peer = lander.control()) {
            peer.register("udp", PORT, relayPort, "name", "moody");
            page.awaitCell("moody", "state", "Good");
            peer.report("udp", relayPort, "busy");
            page.awaitCell("moody", "state", "Bad");
            page.awaitEvent("Out of rotation", "moody", "bad");
            peer.report("udp", relayPort, "good");
            page.awaitCell("moody", "state", "Good");
            page.awaitEvent("Back in rotation", "moody");
        }
        assertUndisturbed();
    }

    @Test
    void backupsStandByWhileTheFirstCanServe() throws IOException {
        int relayPort = FreePorts.next();
        try (ControlPeer first = lander.control();
                ControlPeer backup = lander.control()) {
            first.register("tcp", PORT, relayPort, "name", "first");
            backup.register("tcp", PORT + 1, relayPort, "name", "backup", "backup", true);
            page.awaitCell("first", "state", "in rotation");
            page.awaitCell("backup", "state", "stands by");
            first.report("tcp", relayPort, "busy");
            page.awaitCell("backup", "state", "in rotation");
        }
        assertUndisturbed();
    }

    @Test
    void backupsServeWhileTheFirstAreFull() throws IOException {
        int relayPort = FreePorts.next();
        try (TcpServer tcp = TcpServer.echo();
                TcpServer other = TcpServer.echo();
                ControlPeer first = lander.control();
                ControlPeer backup = lander.control()) {
            first.register("tcp", tcp.port(), relayPort, "name", "first", "max_connections", 1);
            backup.register("tcp", other.port(), relayPort, "name", "backup", "backup", true);
            page.awaitCell("backup", "state", "stands by");
            Socket atFirst = new Socket(InetAddress.getLoopbackAddress(), relayPort);
            page.awaitCell("first", "state", "full");
            page.awaitCell("backup", "state", "in rotation");
            Socket atBackup = new Socket(InetAddress.getLoopbackAddress(), relayPort);
            page.awaitCell("backup", "open", "1");
            assertEquals(
                    "in rotation",
                    page.cell("backup", "state").lines().skip(1).findFirst().orElse(""));
            atFirst.close();
            page.awaitCell("first", "state", "in rotation");
            page.awaitCell("backup", "state", "gets no new clients");
            atBackup.close();
            page.awaitCell("backup", "state", "stands by");
        }
        assertUndisturbed();
    }

    @Test
    void chartsAndFiguresMoveWithTraffic() throws IOException {
        int relayPort = FreePorts.next();
        try (TcpServer tcp = TcpServer.echo();
                UdpServer udp = UdpServer.echo();
                ControlPeer peer = lander.control()) {
            peer.register("tcp", tcp.port(), relayPort, "name", "stream");
            peer.register("udp", udp.port(), relayPort, "name", "datagrams");
            page.awaitComponents("stream", "datagrams");
            assertFalse(page.chartRises("connections"), "nothing has happened yet");
            assertFalse(page.chartRises("datagrams"), "nothing has happened yet");
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort);
                    DatagramSocket sender = new DatagramSocket()) {
                for (int i = 0; i < 20; i++) {
                    new Socket(InetAddress.getLoopbackAddress(), relayPort).close();
                    sender.send(new DatagramPacket(new byte[50], 50, InetAddress.getLoopbackAddress(), relayPort));
                }
                client.getOutputStream().write(new byte[100_000]);
                client.getInputStream().readNBytes(100_000);
                page.awaitCell("stream", "total", "21");
                page.awaitCell("stream", "open", "1");
                page.awaitCell("stream", "in", "97.7\u00a0KiB");
                page.awaitCell("stream", "out", "97.7\u00a0KiB");
                page.awaitCell("datagrams", "total", "20");
                for (String chart : List.of("connections", "datagrams", "bytes")) {
                    Await.until(chart + " rise", () -> page.chartRises(chart));
                }
                Await.until("the open relay is charted", () -> page.chartNow("relays")
                        .equals("1"));
            }
            page.awaitCell("stream", "open", "0");
        }
        assertUndisturbed();
    }

    @Test
    void theFilterFindsOneAmongManyAndStaysInTheAddress() throws IOException {
        int relayPort = FreePorts.next();
        try (ControlPeer peer = lander.control()) {
            for (int i = 0; i < 200; i++) {
                peer.register("udp", PORT + i, relayPort, "name", "node-" + i);
            }
            Await.until("all are listed", () -> page.rows() == 200);

            page.press("/");
            page.press("UDP node-137");
            page.awaitComponents("node-137");
            assertEquals("1 of 200 components", page.text("count"));
            page.reload();
            page.awaitComponents("node-137");
            assertTrue(page.address().endsWith("#filter=UDP+node-137"), page::address);

            page.clearFilter();
            Await.until("all are listed again", () -> page.rows() == 200);
            page.filter("nothing of the kind");
            Await.until("it says so", () -> page.shows("no-match"));
            page.clearFilter();
            assertEquals(address, page.address());
        }
        assertUndisturbed();
    }

    @Test
    void sortsByAnyColumnBothWays() throws IOException {
        int relayPort = FreePorts.next();
        int otherPort = FreePorts.next();
        try (ControlPeer peer = lander.control()) {
            peer.register("tcp", PORT, relayPort, "name", "node-10", "weight", 3);
            peer.register("tcp", PORT + 1, relayPort, "name", "node-9", "weight", 1);
            peer.register("udp", PORT + 2, otherPort, "name", "node-1", "weight", 2);
            page.awaitComponents("node-9", "node-10", "node-1"); // by service, then by name

            page.sortBy("weight");
            page.awaitComponents("node-10", "node-1", "node-9");
            assertEquals("descending", page.sorted("weight"));
            page.sortBy("weight");
            page.awaitComponents("node-9", "node-1", "node-10");
            assertEquals("ascending", page.sorted("weight"));
            page.sortBy("component");
            page.awaitComponents("node-1", "node-9", "node-10");
            page.reload();
            page.awaitComponents("node-1", "node-9", "node-10");
            page.sortBy("service");
            page.awaitComponents("node-9", "node-10", "node-1");
        }
        assertUndisturbed();
    }

    @Test
    void anUpdateKeepsRowsSelectionAndFocus() throws IOException {
        try (ControlPeer peer = lander.control()) {
            peer.register("tcp", PORT, FreePorts.next(), "name", "steady");
            page.awaitComponents("steady");
            page.press("/");
            page.select("steady");
            page.markRows();
            page.awaitUpdates(2);
            assertEquals("steady", page.selection());
            assertEquals("filter", page.focus());
            assertEquals(3, page.markedRows(), "the heading, the service and the component");
        }
        assertUndisturbed();
    }

    @Test
    void aNameIsTextAndNothingElse() throws IOException {
        String name = "<img src=/x onerror=document.title='taken'><b>&amp;";
        try (ControlPeer peer = lander.control()) {
            peer.register("tcp", PORT, FreePorts.next(), "name", name);
            page.awaitComponents(name);
            page.awaitEvent("Registered", name);
        }
        assertUndisturbed();
    }

    @Test
    void fitsAPhone() throws IOException {
        try (ControlPeer peer = lander.control()) {
            peer.register("tcp", PORT, FreePorts.next(), "name", "long-".repeat(51));
            page.awaitComponents("long-".repeat(51));
            assertEquals(0, page.overflow(360, 740));
        }
        assertUndisturbed();
    }

    @Test
    void saysSoWhenTheProcessIsLostAndPicksUpAgain() throws IOException {
        String admin = "127.0.0.1:" + FreePorts.next();
        try (LanderProcess first = LanderProcess.start("--admin", admin);
                ControlPeer peer = first.control()) {
            page.open("http://" + admin + "/");
            peer.register("tcp", PORT, FreePorts.next(), "name", "before");
            page.awaitComponents("before");
            assertFalse(page.shows("lost"));
        }
        Await.until("the loss is told", () -> page.shows("lost"));
        assertEquals("Lost", page.text("link-state"));
        page.awaitComponents("before"); // what was known last is still to be seen

        try (LanderProcess second = LanderProcess.start("--admin", admin);
                ControlPeer peer = second.control()) {
            peer.register("tcp", PORT, FreePorts.next(), "name", "after");
            page.awaitComponents("after");
            assertFalse(page.shows("lost"));
            assertEquals("Live", page.text("link-state"));
            assertTrue(page.events().stream().noneMatch(event -> event.contains("before")), () -> page.events()
                    .toString());
        }
    }

    /** The browser had nothing to complain of, and the page asked nobody but Lander. */
    private static void assertUndisturbed() {
        assertEquals(List.of(), page.complaints());
        List<String> requests = page.requests();
        assertTrue(requests.contains(address + "api/status"), requests::toString);
        assertTrue(requests.stream().allMatch(request -> request.startsWith(address)), requests::toString);
    }
}
