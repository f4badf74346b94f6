package dev.lander.relay.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.FreePorts;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Lander concludes from "port unreachable", and how a UDP component comes back. */
final class UdpReachabilityTest {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final int deadPort = FreePorts.next();

    private static RelayRig start() throws IOException {
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofHours(1);
        options.udpTimeout = Duration.ofHours(1);
        return RelayRig.startWithMovedClock(options);
    }

    @Test
    void threeRefusalsInARowMakeUnreachable() throws Exception {
        try (RelayRig rig = start();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", deadPort);
            refuse(rig, client, 2);
            assertEquals("good", rig.state("udp", deadPort));
            refuse(rig, client, 1);
            assertEquals("unreachable", rig.state("udp", deadPort));
        }
    }

    @Test
    void answerBreaksTheRow() throws Exception {
        try (RelayRig rig = start();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", deadPort);
            for (int i = 0; i < 3; i++) {
                refuse(rig, client, 2);
                try (UdpPeer component = new UdpPeer(deadPort)) {
                    client.send("are you there?", rig.address());
                    component.answer("are you there?", "for now");
                    assertEquals("for now", client.receive().text());
                }
            }
            assertEquals(6, rig.number("udp", deadPort, "failures"));
            assertEquals("good", rig.state("udp", deadPort));
        }
    }

    @Test
    void unreachableComponentGetsNoDatagramsWhileAnotherIsThere() throws Exception {
        try (RelayRig rig = start();
                UdpServer good = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            registerDeadAnd(good, rig);
            List<String> lost = loseThree(rig, client);
            for (int i = 0; i < 20; i++) {
                assertEquals("later " + i, client.ask("later " + i, rig.address()));
            }
            assertEquals(3, lost.size());
            assertEquals(3, rig.number("udp", deadPort, "failures"));
            client.assertNothingComes(); // what the dead one swallowed is not sent again
        }
    }

    @Test
    void datagramBehindARefusalIsNotLost() throws Exception {
        int burst = 40;
        try (RelayRig rig = start();
                UdpPeer good = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", deadPort);
            rig.register("udp", good.port());
            for (int i = 0; i < burst; i++) {
                client.send(Integer.toString(i), rig.address());
            }
            Await.until("all have been sent", () -> rig.sum("total") == burst);
            long swallowed = rig.number("udp", deadPort, "total");
            assertEquals(swallowed, rig.number("udp", deadPort, "failures"), "each was refused");
            assertTrue(swallowed >= 3, "at least three: " + swallowed);
            for (int i = 0; i < burst - swallowed; i++) {
                good.receive();
            }
            good.assertNothingComes();
        }
    }

    @Test
    void unreachableComponentIsTheLastResort() throws Exception {
        try (RelayRig rig = start();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", deadPort);
            refuse(rig, client, 3);
            try (UdpPeer component = new UdpPeer(deadPort)) {
                client.send("back already?", rig.address());
                component.answer("back already?", "yes");
                assertEquals("yes", client.receive().text());
                assertEquals("good", rig.state("udp", deadPort));
            }
        }
    }

    @Test
    void afterThePauseOneDatagramTriesItAndItsAnswerBringsItBack() throws Exception {
        try (RelayRig rig = start();
                UdpServer good = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            registerDeadAnd(good, rig);
            loseThree(rig, client);
            try (UdpPeer component = new UdpPeer(deadPort)) {
                rig.advance(FIRST_PAUSE.minusMillis(100));
                assertEquals("echo", client.ask("echo", rig.address()));
                assertEquals("echo", client.ask("echo", rig.address()));
                rig.advance(Duration.ofMillis(100));
                UdpPeer.Datagram trial = sendUntilItsTurn(rig, client, component);
                assertEquals("unreachable", rig.state("udp", deadPort));
                assertEquals("echo", client.ask("echo", rig.address()), "one datagram is enough for a trial");
                assertEquals("echo", client.ask("echo", rig.address()));
                component.send("here I am", trial.from());
                assertEquals("here I am", client.receive().text());
                assertEquals("good", rig.state("udp", deadPort));
            }
        }
    }

    @Test
    void componentThatNeverAnswersIsBackWhenItsTrialIsNotRefused() throws Exception {
        try (RelayRig rig = start();
                UdpServer good = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            registerDeadAnd(good, rig);
            loseThree(rig, client);
            try (UdpPeer component = new UdpPeer(deadPort)) {
                rig.advance(FIRST_PAUSE);
                sendUntilItsTurn(rig, client, component);
                rig.advance(Duration.ofMillis(900));
                assertEquals("unreachable", rig.state("udp", deadPort));
                rig.advance(Duration.ofMillis(100));
                assertEquals("good", rig.state("udp", deadPort));
            }
        }
    }

    @Test
    void pausesDoubleWithEachRefusedTrial() throws Exception {
        try (RelayRig rig = start();
                UdpServer good = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            registerDeadAnd(good, rig);
            loseThree(rig, client);
            long failures = 3;
            for (int pauseS : new int[] {1, 2, 4, 8, 16, 30, 30}) {
                rig.advance(Duration.ofSeconds(pauseS).minusMillis(100));
                askTwice(rig, client);
                assertEquals(failures, rig.number("udp", deadPort, "failures"), "no trial before " + pauseS + " s");
                rig.advance(Duration.ofMillis(100));
                failures++;
                refuseNext(rig, client, failures);
            }
        }
    }

    @Test
    void clientsOfAnUnreachableComponentGoToAnotherAtOnce() throws Exception {
        try (RelayRig rig = start();
                UdpServer good = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", deadPort, "affinity", "client");
            refuse(rig, client, 3);
            rig.register("udp", good.port());
            assertEquals("at once", client.ask("at once", rig.address()));
        }
    }

    @Test
    void whatClientsDoNeverCounts() throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer()) {
            rig.register("udp", component.port());
            List<UdpPeer.Datagram> requests = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                try (UdpPeer client = new UdpPeer()) {
                    client.send("answer me", rig.address());
                    requests.add(component.receive());
                }
            }
            for (UdpPeer.Datagram request : requests) {
                component.send("where are you?", request.from()); // "port unreachable" from the client
            }
            Await.until("all have passed", () -> rig.sum("bytes_out") == 10L * "where are you?".length());
            try (UdpPeer client = new UdpPeer()) {
                client.send("I am here", rig.address());
                component.answer("I am here", "good");
                assertEquals("good", client.receive().text());
            }
            assertEquals(0, rig.sum("failures"));
            assertEquals("good", rig.state("udp", component.port()));
        }
    }

    /** The dead component's turn is the first. */
    private void registerDeadAnd(UdpServer good, RelayRig rig) throws IOException {
        rig.register("udp", deadPort);
        rig.register("udp", good.port());
    }

    /** The only component refuses this many datagrams, one after the other. */
    private void refuse(RelayRig rig, UdpPeer client, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            long before = rig.number("udp", deadPort, "failures");
            client.send("lost", rig.address());
            Await.until("it is refused", () -> rig.number("udp", deadPort, "failures") == before + 1);
        }
    }

    /** Sends in turn to the dead component and to an echoing one; returns what was lost. */
    private List<String> loseThree(RelayRig rig, UdpPeer client) throws IOException {
        List<String> lost = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            int refusals = i;
            lost.add("lost " + i);
            client.send("lost " + i, rig.address());
            Await.until("it is refused", () -> rig.number("udp", deadPort, "failures") == refusals);
            assertEquals("echo", client.ask("echo", rig.address()));
        }
        assertEquals("unreachable", rig.state("udp", deadPort));
        return lost;
    }

    /** With two components it is within two datagrams; the other one's is echoed. */
    private static UdpPeer.Datagram sendUntilItsTurn(RelayRig rig, UdpPeer client, UdpPeer component)
            throws IOException {
        client.send("trial", rig.address());
        client.send("trial", rig.address());
        assertEquals("trial", client.receive().text());
        return component.receive();
    }

    private void refuseNext(RelayRig rig, UdpPeer client, long failures) throws IOException {
        client.send("trial", rig.address());
        client.send("trial", rig.address());
        assertEquals("trial", client.receive().text());
        Await.until("the trial is refused", () -> rig.number("udp", deadPort, "failures") == failures);
    }

    private static void askTwice(RelayRig rig, UdpPeer client) throws IOException {
        assertEquals("echo", client.ask("echo", rig.address()));
        assertEquals("echo", client.ask("echo", rig.address()));
    }
}
