package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.BoundPorts;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.PythonClient;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example that Lander was made for: two servers of each kind, and eleven requests. */
class SeedExampleIT {
    private static final int REQUESTS = 11;

    @Test
    void elevenHttpRequestsAreSplitSixToFive() throws Exception {
        int relayPort = FreePorts.next();
        int firstPort = FreePorts.next();
        int secondPort = FreePorts.next();
        try (LanderProcess lander = LanderProcess.start()) {
            assertFalse(BoundPorts.tcp(relayPort), "before the first registration");
            try (ChildProcess first = PythonClient.startServer("api_server.py", lander, firstPort, relayPort)) {
                assertTrue(BoundPorts.tcp(relayPort), "after the first registration");
                try (ChildProcess second = PythonClient.startServer("api_server.py", lander, secondPort, relayPort)) {
                    assertSixToFive("dummy_client.py", relayPort, firstPort, secondPort);
                    assertEndsInOrder(first);
                    assertTrue(BoundPorts.tcp(relayPort), "one component is left");
                    assertEndsInOrder(second);
                    assertFalse(BoundPorts.tcp(relayPort), "after the last component");
                }
            }
        }
    }

    @Test
    void elevenDatagramsOfOneSocketAreSplitSixToFive() throws Exception {
        int relayPort = FreePorts.next();
        int firstPort = FreePorts.next();
        int secondPort = FreePorts.next();
        // A leaving component waits until its flows have ended.
        try (LanderProcess lander = LanderProcess.start("--udp-timeout", "500ms")) {
            assertFalse(BoundPorts.udp(relayPort), "before the first registration");
            try (ChildProcess first = startUdpServer(lander, firstPort, relayPort)) {
                assertTrue(BoundPorts.udp(relayPort), "after the first registration");
                try (ChildProcess second = startUdpServer(lander, secondPort, relayPort)) {
                    assertSixToFive("udp_dummpy_client.py", relayPort, firstPort, secondPort);
                    assertEndsInOrder(first);
                    assertTrue(BoundPorts.udp(relayPort), "one component is left");
                    assertEndsInOrder(second);
                    assertFalse(BoundPorts.udp(relayPort), "after the last component");
                    assertEquals(List.of("echoed 6 datagrams"), first.output());
                    assertEquals(List.of("echoed 5 datagrams"), second.output());
                }
            }
        }
    }

    private static ChildProcess startUdpServer(LanderProcess lander, int port, int relayPort) throws IOException {
        return PythonClient.startServer("udp_server.py", lander, port, relayPort, "--tag");
    }

    /** The first turn is the first registration's. */
    private static void assertSixToFive(String client, int relayPort, int firstPort, int secondPort) throws Exception {
        try (ChildProcess crowd = PythonClient.start(client, "127.0.0.1", relayPort, REQUESTS)) {
            assertEquals(0, crowd.exitStatus(), crowd::toString);
            List<String> lines = crowd.output().stream().map(String::strip).toList();
            assertTrue(lines.contains("success      : 11"), crowd::toString);
            assertTrue(lines.contains("6 by component " + firstPort), crowd::toString);
            assertTrue(lines.contains("5 by component " + secondPort), crowd::toString);
        }
    }

    private static void assertEndsInOrder(ChildProcess server) throws Exception {
        server.signal("TERM");
        assertEquals(0, server.exitStatus(), server::toString);
    }
}
