package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.Background;
import dev.lander.testing.AdminClient;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.PythonClient;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.msgpack.value.Value;

/** A process that stood still: a paused machine, or SIGSTOP. */
class StoppedProcessIT {
    /** Longer than the idle timeout, and than all that health checks allow. */
    private static final long STOPPED_MS = 8_000;

    /** Longer than the loop has for an answer. */
    private static final long SHORT_STALL_MS = 1_200;

    private static final int SHORT_STALLS = 3;
    private static final int ASKING = 8;

    /** Enough for every component to answer one. */
    private static final int CHECKS_BEFORE = 2;

    /** Enough that a component taken for silent would show as such. */
    private static final int CHECKS_AFTER = 6;

    @Test
    void aStallOfItsOwnIsNobodysSilence() throws Exception {
        int tcpRelayPort = FreePorts.next();
        int udpRelayPort = FreePorts.next();
        int ownRelayPort = FreePorts.next();
        try (LanderProcess lander = LanderProcess.start(
                        "--health-interval", "500ms", "--health-misses", "2", "--idle-timeout", "5s");
                ChildProcess api = PythonClient.startServer("api_server.py", lander, FreePorts.next(), tcpRelayPort);
                ChildProcess udp = PythonClient.startServer("udp_server.py", lander, FreePorts.next(), udpRelayPort);
                ControlPeer component = lander.control();
                TcpServer server = TcpServer.echo()) {
            assertEquals(0, component.register("tcp", server.port(), ownRelayPort));
            answer(component, ownRelayPort, CHECKS_BEFORE);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), ownRelayPort)) {
                assertEchoed(client);

                lander.process().signal("STOP");
                Thread.sleep(STOPPED_MS);
                lander.process().signal("CONT");

                answer(component, ownRelayPort, 1);
                assertEchoed(client);
            }
            answer(component, ownRelayPort, CHECKS_AFTER);
            List<Value> services = component.status().asArrayValue().list();
            assertEquals(3, services.size(), services::toString);
            for (Value service : services) {
                assertTrue(service.toJson().contains("\"state\":\"good\""), service::toJson);
            }
            List<String> ejections = lander.process().log().stream()
                    .filter(line -> line.contains("out_of_rotation") || line.contains(" left "))
                    .toList();
            assertEquals(List.of(), ejections);
            assertTrue(api.isAlive() && udp.isAlive());
        }
    }

    @Test
    void aStallOfTheWholeProcessIsNoStuckLoop() throws Exception {
        int port = FreePorts.next();
        try (LanderProcess lander = LanderProcess.start("--admin", Integer.toString(port))) {
            AdminClient admin = new AdminClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            AtomicBoolean isOver = new AtomicBoolean();
            List<Background<Set<String>>> asking = new ArrayList<>();
            for (int i = 0; i < ASKING; i++) {
                asking.add(Background.start(() -> {
                    Set<String> answers = new TreeSet<>();
                    while (!isOver.get()) {
                        answers.add(admin.get("/healthz").body());
                    }
                    return answers;
                }));
            }
            for (int i = 0; i < SHORT_STALLS; i++) {
                Thread.sleep(100); // they ask
                lander.process().signal("STOP");
                Thread.sleep(SHORT_STALL_MS);
                lander.process().signal("CONT");
            }
            isOver.set(true);
            for (Background<Set<String>> answers : asking) {
                assertEquals(Set.of("ok\n"), answers.result());
            }
        }
    }

    private static void assertEchoed(Socket client) throws IOException {
        client.setSoTimeout(10_000);
        client.getOutputStream().write('?');
        assertEquals('?', client.getInputStream().read());
    }

    /** Answers the next checks, and sees that each says good. */
    private static void answer(ControlPeer component, int relayPort, int checks) throws IOException {
        for (int i = 0; i < checks; i++) {
            Map<String, Value> check = component.push();
            assertEquals("good", ControlPeer.field(check, "state").toString());
            assertEquals(0, component.report("tcp", relayPort, "good"));
        }
    }
}
