package dev.lander.control;

import static dev.lander.control.ControlAssertions.assertChecked;
import static dev.lander.control.ControlAssertions.assertClosed;
import static dev.lander.control.ControlAssertions.assertNothingPushed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.MovedClock;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthChecksTest {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final int MISSES = 3;
    private static final Duration MOMENT = Duration.ofMillis(1);

    /** A component's port where nobody listens. */
    private static final int PORT = 9;

    private final MovedClock clock = new MovedClock();
    private RunningLander lander;
    private ControlPeer peer;

    /** Looks, and has registered nothing. */
    private ControlPeer observer;

    private int relayPort;

    @BeforeEach
    void start() throws IOException {
        TestOptions options = new TestOptions();
        options.healthInterval = INTERVAL;
        options.healthMisses = MISSES;
        lander = RunningLander.start(options, clock);
        peer = lander.control();
        observer = lander.control();
        assertNothingPushed(peer);
        assertNothingPushed(observer);
        relayPort = FreePorts.next();
    }

    @AfterEach
    void end() throws IOException {
        peer.close();
        observer.close();
        lander.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "udp"})
    void theFirstCheckComesAWholeIntervalAfterTheRegistrationAndThenOneEachInterval(String protocol)
            throws IOException {
        lander.advance(clock, Duration.ofSeconds(3));
        assertEquals(0, peer.register(protocol, PORT, relayPort));
        for (int i = 0; i < 3; i++) {
            lander.advance(clock, INTERVAL.minus(MOMENT));
            assertNothingPushed(peer);
            lander.advance(clock, MOMENT);
            assertChecked(peer, protocol, relayPort, "good");
            assertNothingPushed(peer);
        }
    }

    @Test
    void manyThatCameAtOnceAreSpreadOverTheInterval() throws IOException {
        int count = 160;
        for (int i = 1; i <= count; i++) {
            assertEquals(0, peer.register("tcp", i, relayPort));
        }
        lander.advance(clock, INTERVAL);
        lander.advance(clock, MOMENT); // they are sent over several turns
        assertEquals(count, checksWithin(MOMENT));
        List<Integer> perPart = new ArrayList<>();
        for (int part = 0; part < 32; part++) {
            perPart.add(checksWithin(INTERVAL.dividedBy(16)));
        }
        assertEquals(Collections.nCopies(32, count / 16), perPart);
    }

    /** How many checks the peer is sent while this time passes; nothing answers them. */
    private int checksWithin(Duration time) throws IOException {
        lander.advance(clock, time);
        peer.send("cmd", "nonsense");
        int checks = 0;
        while (peer.read().containsKey("cmd")) {
            checks++;
        }
        return checks;
    }

    @Test
    void eachRegistrationIsSentItsOwnCheck() throws IOException {
        int other = FreePorts.next();
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        assertEquals(0, peer.register("tcp", PORT + 1, relayPort));
        lander.advance(clock, Duration.ofSeconds(2));
        assertEquals(0, peer.register("tcp", PORT, other));
        lander.advance(clock, Duration.ofSeconds(3));
        assertChecked(peer, "tcp", relayPort, "good");
        assertChecked(peer, "tcp", relayPort, "good");
        assertNothingPushed(peer);
        lander.advance(clock, Duration.ofSeconds(2));
        assertChecked(peer, "tcp", other, "good");
        assertNothingPushed(peer);
    }

    @Test
    void noCheckComesForWhatIsUnregistered() throws IOException {
        int other = FreePorts.next();
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        assertEquals(0, peer.register("tcp", PORT, other));
        assertEquals(0, peer.unregister("tcp", PORT, relayPort));
        lander.advance(clock, INTERVAL);
        assertChecked(peer, "tcp", other, "good");
        assertNothingPushed(peer);
    }

    @Test
    void aRegistrationAfterAnUnregisterWaitsAWholeInterval() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        lander.advance(clock, Duration.ofSeconds(3));
        assertEquals(0, peer.unregister("tcp", PORT, relayPort));
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        lander.advance(clock, INTERVAL.minus(MOMENT));
        assertNothingPushed(peer);
        lander.advance(clock, MOMENT);
        assertChecked(peer, "tcp", relayPort, "good");
    }

    @Test
    void whoMissesThreeChecksIsSilentUntilItAnswers() throws IOException {
        try (TcpServer answering = TcpServer.tellingItsPort();
                TcpServer neverAnswering = TcpServer.tellingItsPort();
                ControlPeer other = lander.control()) {
            assertEquals(0, peer.register("tcp", answering.port(), relayPort));
            assertEquals(0, other.register("tcp", neverAnswering.port(), relayPort));
            check(INTERVAL, "good");
            assertEquals(0, peer.report("tcp", relayPort, "good"));
            for (int missed = 0; missed < MISSES; missed++) {
                check(INTERVAL, "good");
            }
            lander.advance(clock, INTERVAL.minus(MOMENT));
            assertEquals("good", ShownStatus.stateOf(observer, answering.port()));
            assertEquals(Set.of(answering.port(), neverAnswering.port()), chosen());
            check(MOMENT, "silent");
            assertEquals("silent", ShownStatus.stateOf(observer, answering.port()));
            assertEquals(Set.of(neverAnswering.port()), chosen());
            assertEquals(0, peer.report("tcp", relayPort, "good"));
            assertEquals("good", ShownStatus.stateOf(observer, answering.port()));
            assertEquals(Set.of(answering.port(), neverAnswering.port()), chosen());
        }
    }

    @Test
    void whoIsSilentServesWhenNobodyElseDoes() throws IOException {
        try (TcpServer server = TcpServer.tellingItsPort()) {
            assertEquals(0, peer.register("tcp", server.port(), relayPort));
            fallSilent();
            assertEquals("silent", ShownStatus.stateOf(observer, server.port()));
            assertEquals(server.port(), Clients.servedBy(relayPort));
        }
    }

    @Test
    void oneAnswerIsForAllChecksBeforeIt() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        for (int round = 0; round < 5; round++) {
            for (int unanswered = 1; unanswered < MISSES; unanswered++) {
                check(INTERVAL, "good");
            }
            lander.advance(clock, INTERVAL.minus(MOMENT));
            assertEquals(0, peer.report("tcp", relayPort, "good"));
            check(MOMENT, "good");
        }
    }

    @Test
    void anAnswerNeedsNoCheck() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        for (int missed = 0; missed < MISSES; missed++) {
            check(INTERVAL, "good");
        }
        check(INTERVAL, "silent");
    }

    @Test
    void whoHasNeverAnsweredStaysGoodAndConnected() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        for (int missed = 0; missed < 10 * MISSES; missed++) {
            check(INTERVAL, "good");
        }
        assertEquals("good", ShownStatus.stateOf(peer, PORT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad", "overloaded", "", "GOOD", "silent"})
    void whoReportsAnythingButGoodIsBadUntilItReportsGood(String report) throws IOException {
        try (TcpServer server = TcpServer.tellingItsPort()) {
            assertEquals(0, peer.register("tcp", server.port(), relayPort));
            assertEquals(0, peer.report("tcp", relayPort, report));
            assertEquals("bad", ShownStatus.stateOf(observer, server.port()));
            assertEquals(0, Clients.servedBy(relayPort));
            check(INTERVAL, "bad");
            assertEquals(0, peer.report("tcp", relayPort, "still " + report));
            assertEquals(0, Clients.servedBy(relayPort));
            assertEquals(0, peer.report("tcp", relayPort, "good"));
            assertEquals(server.port(), Clients.servedBy(relayPort));
            check(INTERVAL, "good");
        }
    }

    @Test
    void aReportSpeaksForThisConnectionsRegistrationsOnThatRelayPortOnly() throws IOException {
        int other = FreePorts.next();
        try (ControlPeer elsewhere = lander.control()) {
            assertEquals(0, peer.register("tcp", PORT, relayPort));
            assertEquals(0, peer.register("tcp", PORT + 1, relayPort));
            assertEquals(0, peer.register("udp", PORT + 2, relayPort));
            assertEquals(0, peer.register("tcp", PORT + 3, other));
            assertEquals(0, elsewhere.register("tcp", PORT + 4, relayPort));
            assertEquals(0, peer.report("tcp", relayPort, "bad"));
            assertEquals(List.of("bad", "bad", "good", "good", "good"), states(5));
            assertEquals(0, peer.report("udp", relayPort, "bad"));
            assertEquals(0, elsewhere.report("tcp", relayPort, "good"));
            assertEquals(List.of("bad", "bad", "bad", "good", "good"), states(5));
            assertEquals(0, peer.report("tcp", relayPort, "good"));
            assertEquals(List.of("good", "good", "bad", "good", "good"), states(5));
        }
    }

    @Test
    void anAnswerOnOneRelayPortIsNoneOnAnother() throws IOException {
        int other = FreePorts.next();
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        assertEquals(0, peer.register("tcp", PORT + 1, other));
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        assertEquals(0, peer.report("tcp", other, "good"));
        for (int i = 0; i <= MISSES; i++) {
            lander.advance(clock, INTERVAL);
            assertEquals(0, peer.report("tcp", relayPort, "good"));
        }
        assertEquals(List.of("good", "silent"), states(2));
    }

    @Test
    void theConnectionIsClosedWhenAllThatEverAnsweredWasSilentTwiceAsLong() throws IOException {
        int neverAnswering = FreePorts.next();
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        assertEquals(0, peer.register("tcp", PORT + 1, neverAnswering));
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        // Six checks are sent, and each is missed when the next is due.
        lander.advance(clock, INTERVAL.multipliedBy(2 * MISSES + 1).minus(MOMENT));
        assertEquals(List.of("silent", "good"), states(2));
        lander.advance(clock, MOMENT);
        peer.awaitClosed();
        assertEquals(List.of(), ShownStatus.of(observer).services());
    }

    @Test
    void aConnectionThatIsClosedForItsSilenceHadItsTimeToAnswerTheLastCheck() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        lander.advance(clock, INTERVAL);
        for (int round = 0; round < 3; round++) {
            lander.advance(clock, INTERVAL.multipliedBy(2 * MISSES).minus(MOMENT));
            assertEquals("silent", ShownStatus.stateOf(observer, PORT));
            assertEquals(0, peer.report("tcp", relayPort, "good"));
            lander.advance(clock, MOMENT);
            assertEquals("good", ShownStatus.stateOf(observer, PORT));
        }
    }

    @Test
    void oneMissBeforeSilenceLeavesAnotherBeforeTheEnd() throws IOException {
        TestOptions options = new TestOptions();
        options.healthInterval = INTERVAL;
        options.healthMisses = 1;
        MovedClock itsClock = new MovedClock();
        try (RunningLander impatient = RunningLander.start(options, itsClock);
                ControlPeer component = impatient.control();
                ControlPeer looking = impatient.control()) {
            assertNothingPushed(looking);
            assertEquals(0, component.register("tcp", PORT, relayPort));
            assertEquals(0, component.report("tcp", relayPort, "good"));
            impatient.advance(itsClock, INTERVAL);
            assertChecked(component, "tcp", relayPort, "good");
            impatient.advance(itsClock, INTERVAL);
            assertChecked(component, "tcp", relayPort, "silent");
            assertEquals("silent", ShownStatus.stateOf(looking, PORT));
            impatient.advance(itsClock, INTERVAL);
            assertClosed(component);
        }
    }

    @Test
    void theGreatestNumberOfMissesIsNeverReached() throws IOException {
        TestOptions options = new TestOptions();
        options.healthInterval = INTERVAL;
        options.healthMisses = Integer.MAX_VALUE;
        MovedClock itsClock = new MovedClock();
        try (RunningLander patient = RunningLander.start(options, itsClock);
                ControlPeer component = patient.control()) {
            assertEquals(0, component.register("tcp", PORT, relayPort));
            assertEquals(0, component.report("tcp", relayPort, "good"));
            for (int i = 0; i < 3; i++) {
                patient.advance(itsClock, INTERVAL);
                assertChecked(component, "tcp", relayPort, "good");
            }
            assertNothingPushed(component);
        }
    }

    @Test
    void registrationsOfDifferentAgeAreAllSilentTwiceAsLongBeforeTheEnd() throws IOException {
        int younger = FreePorts.next();
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        lander.advance(clock, Duration.ofSeconds(2));
        assertEquals(0, peer.register("tcp", PORT + 1, younger));
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        assertEquals(0, peer.report("tcp", younger, "good"));
        lander.advance(clock, INTERVAL.multipliedBy(2 * MISSES + 1).minus(MOMENT));
        assertEquals(List.of("silent", "silent"), states(2));
        lander.advance(clock, MOMENT);
        peer.awaitClosed();
    }

    @Test
    void oneThatAnswersKeepsTheConnectionOfTheSilent() throws IOException {
        int other = FreePorts.next();
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        assertEquals(0, peer.register("tcp", PORT + 1, other));
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        assertEquals(0, peer.report("tcp", other, "good"));
        for (int i = 0; i < 10 * MISSES; i++) {
            lander.advance(clock, INTERVAL);
            assertEquals(0, peer.report("tcp", other, "bad"));
        }
        assertEquals(List.of("silent", "bad"), states(2));
    }

    @Test
    void aStallOfLanderIsNobodysSilence() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        check(INTERVAL, "good");
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        for (int i = 0; i < 3; i++) {
            stall(Duration.ofSeconds(30));
            stall(Duration.ofMinutes(10));
        }
        assertEquals("good", ShownStatus.stateOf(observer, PORT));
        for (int missed = 0; missed < MISSES; missed++) {
            lander.advance(clock, Duration.ofSeconds(4));
        }
        assertEquals("good", ShownStatus.stateOf(observer, PORT));
    }

    @Test
    void aStallEndsNobodyWhoIsAboutToSpeak() throws IOException {
        try (ControlPeer newcomer = lander.control()) {
            lander.advance(clock, Duration.ofSeconds(1)); // accepted by now
            for (int i = 0; i < 3; i++) {
                stall(Duration.ofSeconds(30));
            }
            assertNothingPushed(newcomer);
        }
    }

    @Test
    void anAnswerThatCameDuringAStallCounts() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        for (int missed = 0; missed < MISSES; missed++) {
            check(INTERVAL, "good");
        }
        lander.advance(clock, INTERVAL.minus(MOMENT));
        peer.send("cmd", "healthcheck", "protocol", "tcp", "port", relayPort, "state", "good");
        stall(Duration.ofSeconds(30));
        assertEquals(0, ControlPeer.error(peer.reply()));
        check(MOMENT, "good");
    }

    @Test
    void stateIsTheFirstMarkThatApplies() throws IOException {
        int port = FreePorts.next();
        assertEquals(0, peer.register("tcp", port, relayPort));
        fallSilent();
        assertEquals("silent", ShownStatus.stateOf(observer, port));
        for (int i = 0; i < 3; i++) {
            assertEquals(0, Clients.servedBy(relayPort));
        }
        assertEquals("unreachable", ShownStatus.stateOf(observer, port));
        assertEquals(0, peer.report("tcp", relayPort, "bad"));
        assertEquals("bad", ShownStatus.stateOf(observer, port));
        assertEquals(0, peer.ask("cmd", "drain", "protocol", "tcp", "port", port, "relay_port", relayPort));
        assertEquals("draining", ShownStatus.stateOf(observer, port));
    }

    @Test
    void aGoodReportDoesNotMakeTheUnreachableReachable() throws IOException {
        int port = FreePorts.next();
        assertEquals(0, peer.register("tcp", port, relayPort));
        for (int i = 0; i < 3; i++) {
            assertEquals(0, Clients.servedBy(relayPort));
        }
        assertEquals("unreachable", ShownStatus.stateOf(observer, port));
        assertEquals(0, peer.report("tcp", relayPort, "bad"));
        assertEquals("bad", ShownStatus.stateOf(observer, port));
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        assertEquals("unreachable", ShownStatus.stateOf(observer, port));
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            lander.advance(clock, Duration.ofSeconds(1));
            Await.until("lander's own try has succeeded", () -> ShownStatus.stateOf(observer, port)
                    .equals("good"));
            assertTrue(server.isBound());
        }
    }

    @Test
    void theSilentOfWhomOneReportsBadAreBad() throws IOException {
        assertEquals(0, peer.register("tcp", PORT, relayPort));
        fallSilent();
        assertEquals(0, peer.report("tcp", relayPort, "bad"));
        assertEquals("bad", ShownStatus.stateOf(observer, PORT));
        for (int missed = 0; missed <= MISSES; missed++) {
            lander.advance(clock, INTERVAL);
        }
        assertEquals("bad", ShownStatus.stateOf(observer, PORT));
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        assertEquals("good", ShownStatus.stateOf(observer, PORT));
    }

    /** The peer answers once, and misses three checks. */
    private void fallSilent() throws IOException {
        assertEquals(0, peer.report("tcp", relayPort, "good"));
        for (int missed = 0; missed <= MISSES; missed++) {
            lander.advance(clock, INTERVAL);
        }
    }

    /** After this time the peer is sent its next check, which tells it this state. */
    private void check(Duration later, String state) throws IOException {
        lander.advance(clock, later);
        assertChecked(peer, "tcp", relayPort, state);
    }

    /** Lander stands still for this long. */
    private void stall(Duration length) {
        clock.advance(length);
        lander.advance(clock, Duration.ofNanos(1));
    }

    /** The states of the components {@link #PORT} and following. */
    private List<String> states(int count) throws IOException {
        ShownStatus status = ShownStatus.of(observer);
        return IntStream.range(PORT, PORT + count)
                .mapToObj(port -> status.component(port).state())
                .toList();
    }

    /** Who serves the next clients. */
    private Set<Integer> chosen() throws IOException {
        return new TreeSet<>(Clients.servedBy(relayPort, 4));
    }
}
