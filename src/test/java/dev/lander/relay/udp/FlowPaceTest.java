package dev.lander.relay.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.metrics.Counter;
import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code max_bytes_per_second} of a UDP component. */
@Timeout(60)
final class FlowPaceTest {
    private static final int LENGTH = 1_000;

    /** Of which one datagram is two seconds' worth. */
    private static final int RATE = 500;

    private static RelayRig start(UdpPeer component, Object... more) throws IOException {
        return start(new TestOptions(), component, more);
    }

    private static RelayRig start(TestOptions options, UdpPeer component, Object... more) throws IOException {
        options.healthInterval = Duration.ofHours(1);
        RelayRig rig = RelayRig.startWithMovedClock(options);
        rig.register("udp", component.port(), more);
        return rig;
    }

    @Test
    void requestsAboveTheRateAreDroppedAndCounted() throws Exception {
        try (UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                UdpPeer other = new UdpPeer();
                RelayRig rig = start(component, "max_bytes_per_second", RATE)) {
            client.send(text('a'), rig.address());
            assertEquals(text('a'), component.receive().text(), "one of any length passes");
            client.send(text('b'), rig.address());
            Await.until("the next is dropped", () -> dropped(rig) == 1);
            other.send(text('c'), rig.address());
            assertEquals(text('c'), component.receive().text(), "each client has its own rate");
            rig.advance(Duration.ofMillis(900));
            client.send(text('d'), rig.address());
            Await.until("so is this one", () -> dropped(rig) == 2);
            rig.advance(Duration.ofMillis(1_200));
            client.send(text('e'), rig.address());
            assertEquals(text('e'), component.receive().text());
            assertEquals(3L * LENGTH, rig.sum("bytes_in"));
            assertEquals(3, rig.sum("total"));
        }
    }

    @Test
    void aSecondsWorthOfRequestsMayComeAtOnce() throws Exception {
        try (UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                RelayRig rig = start(component, "max_bytes_per_second", 10 * LENGTH)) {
            for (int i = 0; i < 12; i++) {
                client.send(text('a'), rig.address());
            }
            for (int i = 0; i < 10; i++) {
                component.receive();
            }
            Await.until("the rest is dropped", () -> dropped(rig) == 2);
        }
    }

    @Test
    void answersAboveTheRateWaitAndNoneIsLost() throws Exception {
        try (UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                RelayRig rig = start(component, "max_bytes_per_second", RATE)) {
            client.send("request", rig.address());
            UdpPeer.Datagram request = component.receive();
            component.send(text('a'), request.from());
            component.send(text('b'), request.from());
            component.send(text('c'), request.from());
            assertEquals(text('a'), client.receive().text());
            rig.advance(Duration.ofMillis(1_500));
            client.assertNothingComes();
            rig.advance(Duration.ofMillis(700));
            assertEquals(text('b'), client.receive().text());
            rig.advance(Duration.ofMillis(1_500));
            client.assertNothingComes();
            rig.advance(Duration.ofMillis(700));
            assertEquals(text('c'), client.receive().text());
            assertEquals(3L * LENGTH, rig.sum("bytes_out"));
        }
    }

    @Test
    void aSocketGoesToTheNextClientOnceWhatTheLastHasUsedIsMadeUpFor() throws Exception {
        try (UdpPeer component = new UdpPeer();
                UdpPeer first = new UdpPeer();
                UdpPeer next = new UdpPeer();
                UdpPeer third = new UdpPeer();
                RelayRig rig = start(component, "max_bytes_per_second", RATE, "responses", 1)) {
            SocketAddress ofFirst = exchange(rig, component, first);
            rig.letTurn();
            SocketAddress ofNext = exchange(rig, component, next);
            assertNotEquals(ofFirst, ofNext, "it has a socket of its own and does not wait");
            first.send(text('c'), rig.address());
            Await.until("the first has used what it may", () -> dropped(rig) == 1);
            rig.advance(Duration.ofMillis(2_100));
            assertTrue(Set.of(ofFirst, ofNext).contains(exchange(rig, component, third)), "a socket is shared");
        }
    }

    @Test
    void theRateHoldsForAClientThatSharesSocketsOneWay() throws Exception {
        try (UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                UdpPeer other = new UdpPeer();
                RelayRig rig = start(component, "max_bytes_per_second", RATE, "responses", 0)) {
            client.send(text('a'), rig.address());
            assertEquals(text('a'), component.receive().text());
            other.send(text('b'), rig.address());
            assertEquals(text('b'), component.receive().text());
            client.send(text('c'), rig.address());
            Await.until("it has used what it may", () -> dropped(rig) == 1);
        }
    }

    @Test
    void oneThatHasUsedMuchHoldsUpNoOtherSocket() throws Exception {
        try (UdpPeer component = new UdpPeer();
                UdpPeer much = new UdpPeer();
                UdpPeer little = new UdpPeer();
                UdpPeer third = new UdpPeer();
                UdpPeer fourth = new UdpPeer();
                RelayRig rig = start(component, "max_bytes_per_second", RATE, "responses", 0)) {
            much.send(text('a'), rig.address());
            component.receive();
            little.send("b", rig.address());
            SocketAddress ofLittle = component.receive().from();
            rig.advance(Duration.ofMillis(10));
            third.send("c", rig.address());
            assertNotEquals(ofLittle, component.receive().from(), "who has used much is the first in turn");
            fourth.send("d", rig.address());
            assertEquals(ofLittle, component.receive().from());
        }
    }

    @Test
    void answersThatWaitAreNotMissing() throws Exception {
        try (UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                RelayRig rig = start(component, "max_bytes_per_second", RATE, "responses", 4, "answer_timeout", "1s")) {
            answerByThree(rig, component, client);
            for (char letter = 'b'; letter <= 'c'; letter++) {
                rig.advance(Duration.ofMillis(1_800));
                assertEquals(1, rig.sum("active"));
                rig.advance(Duration.ofMillis(400));
                assertEquals(text(letter), client.receive().text());
            }
            rig.advance(Duration.ofMillis(1_800));
            assertEquals(
                    0,
                    rig.lander().counted(Counter.ANSWERS_MISSING),
                    "the time for the last one begins when it may pass");
            rig.advance(Duration.ofMillis(1_500));
            assertEquals(1, rig.lander().counted(Counter.ANSWERS_MISSING));
            assertEquals(0, rig.sum("active"));
        }
    }

    @Test
    void aFlowDoesNotEndBeforeTheAnswersThatWait() throws Exception {
        try (UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                RelayRig rig = start(component, "max_bytes_per_second", RATE, "udp_timeout", "1s")) {
            answerByThree(rig, component, client);
            for (char letter = 'b'; letter <= 'c'; letter++) {
                rig.advance(Duration.ofMillis(2_200));
                assertEquals(text(letter), client.receive().text());
            }
            assertEquals(1, rig.sum("active"));
            rig.advance(Duration.ofMillis(3_500));
            assertEquals(0, rig.sum("active"));
        }
    }

    @Test
    void aFlowThatMakesRoomWhileAnswersWaitIsNoFault() throws Exception {
        TestOptions options = new TestOptions();
        options.maxUdpFlows = 1;
        try (UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                UdpPeer next = new UdpPeer();
                RelayRig rig = start(options, component, "max_bytes_per_second", RATE)) {
            client.send("request", rig.address());
            UdpPeer.Datagram request = component.receive();
            component.send(text('a'), request.from());
            component.send(text('b'), request.from());
            assertEquals(text('a'), client.receive().text());
            next.send("next", rig.address());
            assertEquals("next", component.receive().text());
            assertEquals(1, rig.lander().counted(Counter.FLOW_EVICTED));
            assertEquals(1, rig.sum("active"));
            assertEquals(0, rig.lander().counted(Counter.HANDLER_FAULT));
        }
    }

    /** One request and three answers, of which the first one has come. */
    private static void answerByThree(RelayRig rig, UdpPeer component, UdpPeer client) throws IOException {
        client.send("request", rig.address());
        UdpPeer.Datagram request = component.receive();
        for (char letter = 'a'; letter <= 'c'; letter++) {
            component.send(text(letter), request.from());
        }
        assertEquals(text('a'), client.receive().text());
    }

    /** One request and its answer; returns where it came from. */
    private static SocketAddress exchange(RelayRig rig, UdpPeer component, UdpPeer client) throws IOException {
        client.send(text('a'), rig.address());
        UdpPeer.Datagram request = component.receive();
        component.send(text('b'), request.from());
        assertEquals(text('b'), client.receive().text());
        return request.from();
    }

    private static String text(char letter) {
        return String.valueOf(letter).repeat(LENGTH);
    }

    private static long dropped(RelayRig rig) {
        return rig.lander().counted(Counter.DATAGRAM_PACE);
    }
}
