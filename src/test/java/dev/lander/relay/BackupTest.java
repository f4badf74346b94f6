package dev.lander.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lander.relay.udp.UdpPeer;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Components that serve only while the others can't. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BackupTest {
    private static final byte[] REQUEST = {1, 2, 3};

    @Test
    void aBackupServesWhileThePrimaryReportsBadAndRestsAtOnceAfter() throws Exception {
        try (RelayRig rig = RelayRig.start();
                ControlPeer owner = rig.lander().control();
                TcpServer primary = TcpServer.tellingItsPort();
                TcpServer backup = TcpServer.tellingItsPort()) {
            assertEquals(0, owner.register("tcp", primary.port(), rig.port()));
            rig.register("tcp", backup.port(), "backup", true);
            assertServed(rig, primary);
            assertServed(rig, primary);
            assertEquals(0, owner.report("tcp", rig.port(), "bad"));
            assertServed(rig, backup);
            assertEquals(0, owner.report("tcp", rig.port(), "good"));
            assertServed(rig, primary);
        }
    }

    @Test
    void aDeadPrimaryCostsNobodyAConnection() throws Exception {
        try (RelayRig rig = RelayRig.start();
                ClosedPort dead = new ClosedPort();
                TcpServer backup = TcpServer.tellingItsPort()) {
            rig.register("tcp", dead.port());
            rig.register("tcp", backup.port(), "priority", 200);
            for (int i = 0; i < 5; i++) {
                assertServed(rig, backup);
            }
            assertEquals("unreachable", rig.state("tcp", dead.port()));
        }
    }

    @Test
    void aBackupHelpsOutWhileThePrimariesAreFull() throws Exception {
        try (RelayRig rig = RelayRig.start(withQueue());
                TcpServer backup = TcpServer.tellingItsPort()) {
            ServerSocket primary = rig.listen();
            rig.register("tcp", primary.getLocalPort(), "max_connections", 1);
            rig.register("tcp", backup.port(), "backup", true);
            RelayRig.Ends first = rig.relayTo(primary);
            assertServed(rig, backup);
            first.client().close();
            first.component().close();
            Await.until("the primary has room", () -> rig.number("tcp", primary.getLocalPort(), "active") == 0);
            rig.relayTo(primary);
        }
    }

    @Test
    void eachDatagramGoesToTheBestTierThatServes() throws Exception {
        try (RelayRig rig = RelayRig.start();
                ControlPeer owner = rig.lander().control();
                UdpServer primary = UdpServer.echo();
                UdpServer backup = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            assertEquals(0, owner.register("udp", primary.port(), rig.port()));
            rig.register("udp", backup.port(), "backup", true);
            exchange(rig, client);
            assertEquals(0, owner.report("udp", rig.port(), "bad"));
            exchange(rig, client);
            assertEquals(0, owner.report("udp", rig.port(), "good"));
            exchange(rig, client);
            assertEquals(2, rig.number("udp", primary.port(), "total"));
            assertEquals(1, rig.number("udp", backup.port(), "total"));
        }
    }

    @Test
    void statusShowsAPriorityWhereThereIsOne() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            rig.register("tcp", 1);
            rig.register("tcp", 2, "backup", true);
            rig.register("tcp", 3, "priority", 255);
            assertEquals(1, rig.number("tcp", 2, "priority"));
            assertEquals(255, rig.number("tcp", 3, "priority"));
            assertThrows(AssertionError.class, () -> rig.number("tcp", 1, "priority"), "as before there were any");
        }
    }

    private static TestOptions withQueue() {
        TestOptions options = new TestOptions();
        options.queueTimeout = Duration.ofSeconds(30);
        return options;
    }

    private static void assertServed(RelayRig rig, TcpServer by) throws IOException {
        try (Socket client = rig.connect()) {
            assertEquals(Integer.toString(by.port()), Received.from(client).text());
        }
    }

    private static void exchange(RelayRig rig, UdpPeer client) throws IOException {
        client.send(REQUEST, rig.address());
        assertEquals(REQUEST.length, client.receive().bytes().length);
    }
}
