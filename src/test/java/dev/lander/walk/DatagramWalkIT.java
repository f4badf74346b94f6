package dev.lander.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * UDP services while a Lander that has their components ends, dies, is cut off or is upgraded. Clients ask the others,
 * and send each datagram once. None may go unanswered but what is sent to a component that is cut off, until it is last
 * resort: as long as it takes to find the other Lander lost, and the grace.
 */
@Tag("walks")
@Timeout(300)
class DatagramWalkIT {
    /** Questions a second for each service. */
    private static final int RATE = 20;

    /** Ten times as long a component that nobody has any more is served: longer than a Lander takes to start. */
    private static final int GRACE_SECONDS = 4;

    private static final String GRACE = "--cluster-grace=" + GRACE_SECONDS + "s";

    /** After it a Lander that is lost has been found so, even on a busy machine, and the grace is over. */
    private static final int LONGER_SECONDS = 12;

    /** How a service is balanced, and whether its clients keep their sockets. */
    private enum Kind {
        EACH(1, "", "new"),
        ANSWERED(2, ",responses=1", "new"),
        PINNED(3, ",affinity=client", "same");

        final int number;
        final String fields;
        final String sockets;

        Kind(int number, String fields, String sockets) {
            this.number = number;
            this.fields = "protocol=udp" + fields;
            this.sockets = sockets;
        }

        int relayPort() {
            return 20_000 + number;
        }

        String component(String side) {
            return side + "-" + name();
        }
    }

    private final ClusterLab lab;

    DatagramWalkIT(@TempDir Path folder) throws Exception {
        lab = ClusterLab.create(folder);
    }

    @AfterEach
    void end() {
        lab.close();
    }

    /** All components are its own, so that there is nobody else after the grace. */
    @Test
    void neitherAnEndInOrderNorTheDeathOfTheLanderThatHasAllIsNoticed() throws Exception {
        lab.startAll(GRACE);
        startComponents(new int[] {1}, new int[] {1});
        List<Clients> clients = ask(ClusterLab.EAST, 2, 3);
        long endedNs = System.nanoTime();
        lab.lander(1).process().signal("TERM");
        assertEquals(0, lab.lander(1).process().exitStatus(ClusterLab.LONG));
        Walks.sleepUntil(endedNs, LONGER_SECONDS);
        lab.start(1, GRACE);
        lab.awaitServing(1);
        lab.awaitAgreement(names());
        long killedNs = System.nanoTime();
        lab.lander(1).process().signal("KILL");
        Walks.sleepUntil(killedNs, LONGER_SECONDS);
        endAnswered("ended and killed", clients);
    }

    @Test
    void onlyWhatIsSentToTheOtherSideOfACutIsLostAndNotForLong() throws Exception {
        lab.startAll(GRACE);
        startComponents(new int[] {1}, new int[] {2});
        List<Clients> before = ask(ClusterLab.EAST, 2, 3);
        long cutNs = System.nanoTime();
        lab.partSides();
        Walks.sleepUntil(cutNs, LONGER_SECONDS);
        List<Clients> after = ask(ClusterLab.EAST, 2, 3);
        for (Clients clients : before) {
            report("asked when the others were cut off", clients.end());
        }
        Walks.sleepUntil(cutNs, 2 * LONGER_SECONDS);
        lab.joinSides();
        lab.awaitAgreement(names());
        List<Clients> joined = ask(ClusterLab.WEST, 1, 2, 3);
        long joinedNs = System.nanoTime();
        Walks.sleepUntil(joinedNs, GRACE_SECONDS);
        endAnswered("from " + LONGER_SECONDS + " s after the cut on", after);
        endAnswered("joined", joined);
    }

    @Test
    void aRollingUpgradeIsNoticedByNobody() throws Exception {
        lab.startAll();
        startComponents(new int[] {1}, new int[] {2, 3});
        for (int i = 1; i <= ClusterLab.LANDERS; i++) {
            int upgraded = i;
            List<Clients> clients = ask(
                    ClusterLab.WEST,
                    IntStream.rangeClosed(1, ClusterLab.LANDERS)
                            .filter(other -> other != upgraded)
                            .toArray());
            lab.restart(i);
            List<Clients> own = ask(ClusterLab.EAST, i); // the virtual address may be its own from now on
            lab.awaitAgreement(names());
            endAnswered("upgraded, asked itself", own);
            endAnswered("upgraded", clients);
        }
    }

    /** For each kind one on either side, registered with these Landers. */
    private void startComponents(int[] westWith, int[] eastWith) throws Exception {
        for (Kind kind : Kind.values()) {
            int port = 30_000 + kind.number;
            lab.startComponent(ClusterLab.WEST, kind.component("west"), port, kind.relayPort(), kind.fields, westWith);
            lab.startComponent(ClusterLab.EAST, kind.component("east"), port, kind.relayPort(), kind.fields, eastWith);
        }
        lab.awaitAgreement(names());
    }

    /** As {@link LabStatus#names} has them when all are good. */
    private static String names() {
        return String.join(
                ", ",
                Stream.of(Kind.values())
                        .flatMap(kind -> Stream.of(kind.component("east"), kind.component("west")))
                        .map(name -> name + " good")
                        .sorted()
                        .toList());
    }

    /** Clients of each kind, in its order. */
    private List<Clients> ask(int machine, int... landers) throws Exception {
        List<Clients> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            String[] targets = IntStream.of(landers)
                    .mapToObj(lander -> lab.address(lander, kind.relayPort()))
                    .toArray(String[]::new);
            all.add(lab.startDatagrams(machine, RATE, kind.sockets, targets));
        }
        return all;
    }

    private static void endAnswered(String when, List<Clients> all) throws Exception {
        for (Clients clients : all) {
            Clients.Outcome outcome = clients.end();
            report(when, outcome);
            outcome.assertNoneFailed(RATE / 2);
        }
    }

    private static void report(String when, Clients.Outcome outcome) {
        System.out.printf(
                "%s: %d unanswered of %d, the slowest took %d ms, %d moves, answered by %s%n",
                when, outcome.failed(), outcome.asked(), outcome.slowestMs(), outcome.moves(), outcome.answered());
    }
}
