package dev.lander.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ChildProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What three Landers hold together: terms, drains, limits. */
@Tag("walks")
@Timeout(180)
class AgreementWalkIT {
    private static final int RELAY_PORT = 20_000;
    private static final int OTHER_PORT = 20_001;
    private static final int MOST = 10;

    /** Of clients that come to each Lander, in a second. */
    private static final int RATE = 20;

    /** On a machine that others keep busy news of loads may take longer than on its own. */
    private static final int ROUNDS = 3;

    private final ClusterLab lab;

    AgreementWalkIT(@TempDir Path folder) throws Exception {
        lab = ClusterLab.create(folder);
    }

    @BeforeEach
    void start() throws Exception {
        lab.startAll();
    }

    @AfterEach
    void end() {
        lab.close();
    }

    /** Two sides that do not see each other; on each, one service is registered before it is on the other side. */
    @Test
    void ofTermsInConflictTheEarliestHoldEverywhere() throws Exception {
        lab.partSides();
        lab.startComponent(ClusterLab.WEST, "west", 30_001, RELAY_PORT, "balance=leastconn,max_per_client=7", 1);
        lab.startComponent(ClusterLab.EAST, "east", 30_001, RELAY_PORT, "balance=source", 2);
        lab.startComponent(ClusterLab.EAST, "east-first", 30_002, OTHER_PORT, "balance=random", 3);
        lab.startComponent(ClusterLab.WEST, "west-second", 30_002, OTHER_PORT, "balance=leastconn", 1);
        assertEquals("tcp/20000 source", lab.status(2).component("east").service());
        lab.joinSides();
        lab.awaitAgreement("east good, east-first good, west good, west-second good");
        for (int i = 1; i <= ClusterLab.LANDERS; i++) {
            for (String name : List.of("east", "west")) {
                assertEquals(
                        "tcp/20000 leastconn", lab.status(i).component(name).service());
            }
            for (String name : List.of("east-first", "west-second")) {
                assertEquals("tcp/20001 random", lab.status(i).component(name).service());
            }
        }
        assertTold(2, "component=east ");
        assertTold(1, "component=west-second ");
        assertTrue(!lab.logged(3, "terms_lost"), lab.lander(3).process()::toString);
    }

    /** It says so once, in the log and as an event. */
    private void assertTold(int lander, String loser) throws Exception {
        List<String> told = lab.lander(lander).process().log().stream()
                .filter(line -> line.contains("terms_lost"))
                .toList();
        assertEquals(1, told.size(), told::toString);
        assertTrue(told.get(0).contains(loser), told::toString);
        assertTrue(lab.get(lander, "/api/events").contains("terms_lost"), "the event");
    }

    /** Told to one Lander, of a component that another one has, while two have clients there. */
    @Test
    void aDrainHoldsAtAllAndWaitsForTheClientsOfAll() throws Exception {
        lab.startComponent(ClusterLab.WEST, "stays", 30_001, RELAY_PORT, "", 2);
        lab.awaitAgreement("stays good");
        lab.startComponent(ClusterLab.EAST, "drained", 30_002, OTHER_PORT, "", 1);
        lab.awaitAgreement("drained good, stays good");
        ChildProcess first = hold(1, 1, lab.address(1, OTHER_PORT));
        ChildProcess third = hold(2, 2, lab.address(3, OTHER_PORT));
        ChildProcess drain = lab.beginLanderctl(2, "drain", "--timeout", "60s", lab.address(ClusterLab.EAST, 30_002));
        lab.awaitAgreement("drained draining, stays good");
        awaitSaid(drain, "3 active");
        third.endInput();
        awaitSaid(drain, "1 active");
        assertTrue(drain.isAlive(), drain::toString);
        first.endInput();
        assertEquals(0, drain.exitStatus(ClusterLab.LONG), drain::toString);
        assertTrue(drain.log().get(drain.log().size() - 1).endsWith("drained"), drain::toString);
    }

    private static void awaitSaid(ChildProcess process, String text) {
        ClusterLab.await(text + " is said: " + process, ClusterLab.LONG, () -> process.log().stream()
                .anyMatch(line -> line.endsWith(text)));
    }

    /** What others have opened is told four times a second, so that it may be more by what two open meanwhile. */
    @Test
    void aComponentHasNoMoreThanItsMostOverAllLanders() throws Exception {
        lab.startComponent(ClusterLab.EAST, "limited", 30_001, RELAY_PORT, "max_connections=" + MOST, 1);
        lab.awaitAgreement("limited good");
        ChildProcess first = holdAtAll();
        for (int round = 1; round < ROUNDS && !isWithinTheMost(first); round++) {
            end(first);
            ClusterLab.await("none stays", ClusterLab.AGREEMENT, this::isIdle);
            first = holdAtAll();
        }
        ChildProcess clients = first;
        assertTrue(isWithinTheMost(clients), clients::toString);
        for (int i = 1; i <= ClusterLab.LANDERS; i++) {
            assertTrue(lab.status(i).component("limited").active() > 0, "each has some of them");
        }
        end(clients);
        ClusterLab.await("there is room again", ClusterLab.AGREEMENT, () -> {
            ChildProcess one = hold(1, 1, lab.address(2, RELAY_PORT));
            one.endInput();
            return said(one, "stay") == 1;
        });
    }

    /** Clients at all three Landers that stay, as far as they are served. */
    private ChildProcess holdAtAll() throws Exception {
        ChildProcess clients = lab.program(
                ClusterLab.WEST,
                "holders.py",
                Integer.toString(RATE * ClusterLab.LANDERS),
                "3",
                Integer.toString(MOST),
                lab.address(1, RELAY_PORT),
                lab.address(2, RELAY_PORT),
                lab.address(3, RELAY_PORT));
        ClusterLab.await("all have come: " + clients, ClusterLab.LONG, () -> said(clients, "late") >= 0);
        System.out.println("max_connections=" + MOST + ", " + RATE + " a second at each of three: "
                + said(clients, "stay") + " stay");
        return clients;
    }

    /** Whether no more stay than what two Landers open in 250 ms above the most. */
    private static boolean isWithinTheMost(ChildProcess clients) {
        int stay = said(clients, "stay");
        assertTrue(stay >= MOST, clients::toString);
        return stay <= MOST + 2 * RATE / 4 && said(clients, "late") == 0;
    }

    private static void end(ChildProcess clients) throws Exception {
        clients.endInput();
        assertEquals(0, clients.exitStatus(ClusterLab.LONG), clients::toString);
    }

    private boolean isIdle() throws Exception {
        for (int i = 1; i <= ClusterLab.LANDERS; i++) {
            if (lab.status(i).component("limited").active() > 0) {
                return false;
            }
        }
        return true;
    }

    /** So many clients that stay until their input ends. */
    private ChildProcess hold(int count, int most, String target) throws Exception {
        ChildProcess clients = lab.program(
                ClusterLab.WEST, "holders.py", "10", Double.toString(count / 10.0), Integer.toString(most), target);
        ClusterLab.await("they stay: " + clients, ClusterLab.LONG, () -> said(clients, "late") >= 0);
        return clients;
    }

    /** The number behind a word, once that is said; until then -1. */
    private static int said(ChildProcess process, String word) {
        return process.output().stream()
                .filter(line -> line.startsWith(word + " "))
                .mapToInt(line -> Integer.parseInt(line.substring(word.length() + 1)))
                .findFirst()
                .orElse(-1);
    }
}
