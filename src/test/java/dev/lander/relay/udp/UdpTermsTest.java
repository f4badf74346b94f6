package dev.lander.relay.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lander.relay.RelayRig;
import dev.lander.relay.RoundedDuration;
import dev.lander.testing.Await;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a UDP service and its components can ask for: declared answers, timeouts, PROXY headers. */
@Timeout(60)
final class UdpTermsTest {
    /** Of a PROXY header, version 2, for a client of IPv4. */
    private static final int HEADER = 28;

    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};

    private static RelayRig start() throws IOException {
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofHours(1);
        return RelayRig.startWithMovedClock(options);
    }

    @Test
    void answersOfAOneWayServiceReachNobody() throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer();
                UdpPeer first = new UdpPeer();
                UdpPeer last = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 0);
            UdpPeer.Datagram ofFirst = rig.send(first, component);
            rig.send(last, component);
            component.send("nobody asked", ofFirst.from());
            rig.letTurn();
            first.assertNothingComes();
            last.assertNothingComes();
            assertEquals(0, rig.sum("bytes_out"));
        }
    }

    @Test
    void surplusAnswersOfASharedSocketReachNobodyElse() throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer();
                UdpPeer first = new UdpPeer();
                UdpPeer second = new UdpPeer();
                UdpPeer third = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            UdpPeer.Datagram ofFirst = rig.pass(first, component);
            UdpPeer.Datagram ofSecond = rig.pass(second, component);
            assertEquals(ofFirst.fromPort(), ofSecond.fromPort(), "the socket is shared");
            component.send("for the first, once more", ofFirst.from());
            rig.letTurn();
            first.assertNothingComes();
            second.assertNothingComes();
            assertNotEquals(ofFirst.fromPort(), rig.pass(third, component).fromPort(), "it is handed on no more");
        }
    }

    @Test
    void lostAnswerHoldsADrainForTheAnswerTimeoutOnly() throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            rig.send(client, component);
            rig.advance(Duration.ofMillis(4_500));
            assertEquals(1, rig.sum("active"), "it is still awaited");
            rig.advance(Duration.ofSeconds(1));
            assertEquals(0, rig.sum("active"), "after 5 s it is not");
        }
    }

    @Test
    void lateAnswerReachesItsClientAndItsSocketNobodyElse() throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                UdpPeer other = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1, "answer_timeout", "2s");
            UdpPeer.Datagram request = rig.send(client, component);
            rig.advance(Duration.ofMillis(2_500));
            assertEquals(0, rig.sum("active"), "the service's own timeout");
            assertNotEquals(request.fromPort(), rig.send(other, component).fromPort());
            component.send("late", request.from());
            assertEquals("late", client.receive().text());
            rig.letTurn();
            other.assertNothingComes();
        }
    }

    @Test
    void answersThatComeInTimeAreNotMissed() throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            UdpPeer.Datagram first = rig.pass(client, component);
            rig.advance(Duration.ofSeconds(10));
            assertEquals(first.fromPort(), rig.pass(client, component).fromPort(), "the socket is as good as before");
        }
    }

    @Test
    void theServicesTimeoutEndsItsFlows() throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port(), "udp_timeout", "2s");
            int first = rig.pass(client, component).fromPort();
            rig.advance(Duration.ofMillis(1_500));
            assertEquals(first, rig.pass(client, component).fromPort());
            rig.advance(Duration.ofMillis(2_500));
            assertEquals(0, rig.sum("active"));
            assertNotEquals(first, rig.pass(client, component).fromPort());
        }
    }

    @Test
    void servicesTimeoutsAreOfFewLengths() {
        assertEquals(
                Duration.ofSeconds(5),
                RoundedDuration.ofNs(Duration.ofSeconds(5).toNanos()));
        assertEquals(
                Duration.ofMinutes(5),
                RoundedDuration.ofNs(Duration.ofMinutes(5).toNanos()));
        assertEquals(
                Duration.ofMillis(1_300),
                RoundedDuration.ofNs(Duration.ofMillis(1_234).toNanos()));
        assertEquals(
                Duration.ofMillis(1), RoundedDuration.ofNs(Duration.ofMillis(1).toNanos()));
    }

    @Test
    void declaredRequestsAllHaveAHeader() throws Exception {
        assertHeaders(List.of(true, true, true), "proxy_protocol", "v2", "responses", 1);
    }

    @Test
    void headerAheadOfEachDatagramCanBeAskedFor() throws Exception {
        assertHeaders(List.of(true, true, true), "proxy_protocol", "v2-each");
    }

    @Test
    void withoutEitherOnlyAFlowsFirstDatagramHasAHeader() throws Exception {
        assertHeaders(List.of(true, false, false), "proxy_protocol", "v2");
    }

    private static void assertHeaders(List<Boolean> expected, Object... terms) throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port(), terms);
            for (boolean hasHeader : expected) {
                client.send("request", rig.address());
                UdpPeer.Datagram request = component.receive();
                byte[] bytes = request.bytes();
                int header = hasHeader ? HEADER : 0;
                assertEquals(header + "request".length(), bytes.length);
                if (hasHeader) {
                    assertArrayEquals(SIGNATURE, Arrays.copyOf(bytes, SIGNATURE.length));
                }
                component.send("answer", request.from());
                assertEquals("answer", client.receive().text());
            }
            Await.until("headers don't count as relayed", () -> rig.sum("bytes_in") == 3L * "request".length());
        }
    }
}
