package dev.lander.relay.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.Background;
import dev.lander.relay.RandomStream;
import dev.lander.relay.Received;
import dev.lander.relay.RelayRig;
import dev.lander.relay.SystemSockets;
import dev.lander.testing.Await;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a TCP relay does while nothing goes wrong. */
final class TcpRelayTest {
    private static final long STREAM_BYTES = 50L * 1024 * 1024;

    @Test
    void bytesPassUnchangedBothWaysAtOnce() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            long seed = System.nanoTime();
            RandomStream request = new RandomStream(seed, STREAM_BYTES);
            RandomStream response = new RandomStream(seed + 1, STREAM_BYTES);
            RelayRig.Ends ends = rig.relay();
            Background<Boolean> requestSent = Background.run(() -> send(request, ends.client()));
            Background<Boolean> responseSent = Background.run(() -> send(response, ends.component()));
            Background<Boolean> requestChecked =
                    Background.run(() -> request.checkAll(ends.component().getInputStream()));
            response.checkAll(ends.client().getInputStream());
            assertTrue(requestChecked.result() && requestSent.result() && responseSent.result());
            int port = ends.component().getLocalPort();
            Await.until("the relay has ended", () -> rig.number("tcp", port, "active") == 0);
            assertEquals(STREAM_BYTES, rig.number("tcp", port, "bytes_in"));
            assertEquals(STREAM_BYTES, rig.number("tcp", port, "bytes_out"));
            assertEquals(1, rig.number("tcp", port, "total"));
        }
    }

    @Test
    void componentMaySpeakFirst() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            ends.component().getOutputStream().write("220 ready\r\n".getBytes(US_ASCII));
            assertEquals("220 ready\r\n", read(ends.client(), 11));
        }
    }

    @Test
    void whatClientSendsBeforeTheConnectionStandsArrives() throws Exception {
        try (RelayRig rig = RelayRig.start();
                FullListener full = new FullListener()) {
            rig.register("tcp", full.port());
            Socket client = rig.connect();
            client.getOutputStream().write("early".getBytes(US_ASCII));
            Await.until("the connect is under way", () -> rig.number("tcp", full.port(), "active") == 1);
            Socket component = full.letIn();
            assertEquals("early", read(component, 5));
            pass(component, client);
            pass(client, component);
            assertEquals(1, rig.number("tcp", full.port(), "total"));
        }
    }

    @Test
    void noSmallWriteWaitsForAnAcknowledgement() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            assertMostRoundsAreQuick(ends.client(), ends.component());
            assertMostRoundsAreQuick(ends.component(), ends.client());
        }
    }

    @Test
    void relayIsClosedWhenIdleForTheTimeout() throws Exception {
        TestOptions options = new TestOptions();
        options.idleTimeout = Duration.ofSeconds(10);
        try (RelayRig rig = RelayRig.startWithMovedClock(options)) {
            RelayRig.Ends ends = rig.relay();
            rig.advance(Duration.ofSeconds(9));
            pass(ends.client(), ends.component());
            rig.advance(Duration.ofSeconds(9));
            pass(ends.component(), ends.client());
            rig.advance(Duration.ofSeconds(9));
            pass(ends.client(), ends.component());
            rig.advance(Duration.ofSeconds(10));
            assertEquals(0, Received.from(ends.client()).length());
            assertEquals(0, Received.from(ends.component()).length());
            assertEquals(0, rig.number("tcp", ends.component().getLocalPort(), "active"));
        }
    }

    @Test
    void relayWithoutIdleTimeoutStaysOpen() throws Exception {
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofHours(1_000);
        options.idleTimeout = Duration.ZERO;
        try (RelayRig rig = RelayRig.startWithMovedClock(options)) {
            RelayRig.Ends ends = rig.relay();
            rig.advance(Duration.ofHours(2));
            pass(ends.client(), ends.component());
            pass(ends.component(), ends.client());
        }
    }

    @Test
    void bothSidesAreProbedForLifeOnceTheRelayIsNotShort() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            RelayRig.Ends ends = rig.relay();
            pass(ends.client(), ends.component());
            int client = ends.client().getLocalPort();
            int component = ends.component().getLocalPort();
            int upstream = ends.component().getPort();
            rig.advance(Duration.ofSeconds(29));
            assertFalse(SystemSockets.isKeptAlive(rig.port(), client));
            assertFalse(SystemSockets.isKeptAlive(upstream, component));
            rig.advance(Duration.ofSeconds(1));
            assertTrue(SystemSockets.isKeptAlive(rig.port(), client), "the client's connection");
            assertTrue(SystemSockets.isKeptAlive(upstream, component), "the upstream connection");
        }
    }

    @Test
    void relayThatIsNeverSilentForLongIsNotProbedUntilItIs() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(withIdleTimeout(Duration.ofHours(1)))) {
            RelayRig.Ends ends = rig.relay();
            int client = ends.client().getLocalPort();
            int component = ends.component().getLocalPort();
            int upstream = ends.component().getPort();
            for (int i = 0; i < 5; i++) {
                rig.advance(Duration.ofSeconds(20));
                pass(ends.client(), ends.component());
            }
            rig.advance(Duration.ofSeconds(29));
            assertFalse(SystemSockets.isKeptAlive(rig.port(), client));
            assertFalse(SystemSockets.isKeptAlive(upstream, component));
            rig.advance(Duration.ofSeconds(1));
            assertTrue(SystemSockets.isKeptAlive(rig.port(), client), "the client's connection");
            assertTrue(SystemSockets.isKeptAlive(upstream, component), "the upstream connection");
        }
    }

    @Test
    void relayThatIsSilentThroughoutIsClosedAfterTheTimeoutFromItsBegin() throws Exception {
        for (int timeoutS : List.of(10, 30, 31, 60)) {
            try (RelayRig rig = RelayRig.startWithMovedClock(withIdleTimeout(Duration.ofSeconds(timeoutS)))) {
                assertClosedAfterSilenceOf(timeoutS, rig, rig.relay());
            }
        }
    }

    @Test
    void relayThatIsProbedIsClosedAfterTheTimeoutFromItsLastByte() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(withIdleTimeout(Duration.ofSeconds(60)))) {
            RelayRig.Ends ends = rig.relay();
            rig.advance(Duration.ofSeconds(45));
            assertTrue(SystemSockets.isKeptAlive(rig.port(), ends.client().getLocalPort()));
            pass(ends.component(), ends.client());
            rig.advance(Duration.ofSeconds(45));
            pass(ends.client(), ends.component());
            assertClosedAfterSilenceOf(60, rig, ends);
        }
    }

    @Test
    void unregisteringLeavesOpenRelaysAlone() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            rig.unregister("tcp", ends.component().getLocalPort());
            pass(ends.client(), ends.component());
            ends.client().shutdownOutput();
            assertEquals(-1, ends.component().getInputStream().read());
            pass(ends.component(), ends.client());
            ends.component().close();
            assertEquals(-1, ends.client().getInputStream().read());
        }
    }

    @Test
    void componentThatGoesBadKeepsItsOpenRelays() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            assertEquals(0, rig.control().report("tcp", rig.port(), "bad"));
            pass(ends.client(), ends.component());
            pass(ends.component(), ends.client());
        }
    }

    @Test
    void finishedRelaysLeaveNoDescriptorBehind() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer server = TcpServer.echo()) {
            rig.register("tcp", server.port());
            askOnce(rig);
            Await.until("the first has ended", () -> rig.number("tcp", server.port(), "active") == 0);
            long before = SystemSockets.open();
            for (int i = 0; i < 2_000; i++) {
                askOnce(rig);
            }
            Await.until("no socket is left", () -> SystemSockets.open() <= before);
            assertEquals(2_001, rig.number("tcp", server.port(), "total"));
        }
    }

    @Test
    void manyRelaysDoNotMixTheirBytes() throws Exception {
        int relays = 200;
        int bytes = 300_000;
        long seed = System.nanoTime();
        try (RelayRig rig = RelayRig.start();
                TcpServer server = TcpServer.echo()) {
            rig.register("tcp", server.port());
            Socket[] clients = new Socket[relays];
            for (int i = 0; i < relays; i++) {
                clients[i] = rig.connect();
                clients[i].getOutputStream().write(new RandomStream(seed + i, bytes).bytes());
                clients[i].shutdownOutput();
            }
            for (int i = 0; i < relays; i++) {
                new RandomStream(seed + i, bytes).checkAll(clients[i].getInputStream());
            }
        }
    }

    /** Not through the rig, which would keep all 2,000 sockets until its end. */
    private static void askOnce(RelayRig rig) throws IOException {
        try (Socket client = new Socket(rig.address().getAddress(), rig.port())) {
            client.getOutputStream().write(7);
            client.shutdownOutput();
            assertArrayEquals(new byte[] {7}, client.getInputStream().readAllBytes());
        }
    }

    private static TestOptions withIdleTimeout(Duration timeout) {
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofHours(1_000);
        options.idleTimeout = timeout;
        return options;
    }

    /** From now on, and not earlier. */
    private static void assertClosedAfterSilenceOf(int seconds, RelayRig rig, RelayRig.Ends ends) throws IOException {
        rig.advance(Duration.ofSeconds(seconds).minusMillis(1));
        assertEquals(1, rig.sum("active"));
        rig.advance(Duration.ofMillis(1));
        assertEquals(0, rig.sum("active"));
        assertEquals(0, Received.from(ends.client()).length());
        assertEquals(0, Received.from(ends.component()).length());
    }

    private static void send(RandomStream stream, Socket from) throws IOException {
        stream.writeTo(from.getOutputStream());
        from.shutdownOutput();
    }

    private static void pass(Socket from, Socket to) throws IOException {
        from.getOutputStream().write('x');
        assertEquals('x', to.getInputStream().read());
    }

    /**
     * Sends two bytes a round, the second when the first has come, and waits for an answer after the second. Linux
     * delays an acknowledgement by at least 40 ms, in each round; a slow machine delays some.
     */
    private static void assertMostRoundsAreQuick(Socket from, Socket to) throws Exception {
        List<Long> tookMs = new ArrayList<>();
        for (int round = 0; round < 51; round++) {
            long beginNs = System.nanoTime();
            pass(from, to);
            pass(from, to);
            pass(to, from);
            tookMs.add(Duration.ofNanos(System.nanoTime() - beginNs).toMillis());
        }
        List<Long> sorted = tookMs.stream().sorted().toList();
        assertTrue(sorted.get(sorted.size() / 2) < 40, () -> "took " + tookMs + " ms");
    }

    private static String read(Socket from, int count) throws IOException {
        return new String(from.getInputStream().readNBytes(count), US_ASCII);
    }
}
