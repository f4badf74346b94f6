package dev.lander.walk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ChildProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links between Landers are cut for a while, during which everything goes on at either side. */
@Tag("walks")
@Timeout(300)
class PartitionWalkIT {
    private static final int RELAY_PORT = 20_000;
    private static final int WEST_PORT = 20_001;
    private static final int EAST_PORT = 20_002;
    private static final int RATE = 20;

    private final ClusterLab lab;

    PartitionWalkIT(@TempDir Path folder) throws Exception {
        lab = ClusterLab.create(folder);
    }

    @AfterEach
    void end() {
        lab.close();
    }

    /**
     * A cut between one and two. Clients of the service that has components on both sides are served all the time, and
     * so are those of what is registered while it lasts.
     */
    @ParameterizedTest
    @ValueSource(ints = {4, 12, 60})
    void partsThatWereCutOffKnowTheSameSoonAfterTheyAreJoined(int seconds) throws Exception {
        lab.startAll();
        // On either side one that stays, one that will be drained by itself, by an operator elsewhere, will die, and
        // will leave.
        ChildProcess westDrained = west("west-drained", 2);
        ChildProcess westDies = west("west-dies", 4);
        ChildProcess westLeaves = west("west-leaves", 5);
        ChildProcess eastDrained = east("east-drained", 2, 2);
        ChildProcess eastDies = east("east-dies", 4, 2);
        ChildProcess eastLeaves = east("east-leaves", 5, 3);
        west("west-stays", 1);
        west("west-operated", 3);
        east("east-stays", 1, 2);
        east("east-operated", 3, 3);
        lab.awaitAgreement("east-dies good, east-drained good, east-leaves good, east-operated good, east-stays good, "
                + "west-dies good, west-drained good, west-leaves good, west-operated good, west-stays good");

        long cutNs = System.nanoTime();
        lab.partSides();
        Clients westClients = lab.startClients(ClusterLab.WEST, RATE, lab.address(1, RELAY_PORT));
        Clients eastClients =
                lab.startClients(ClusterLab.EAST, RATE, lab.address(2, RELAY_PORT), lab.address(3, RELAY_PORT));
        westDrained.signal("USR2");
        eastDrained.signal("USR2");
        // Each at the side that has it not.
        lab.landerctl(2, "drain", "--no-wait", lab.address(ClusterLab.WEST, 30_003));
        lab.landerctl(1, "drain", "--no-wait", lab.address(ClusterLab.EAST, 30_003));
        westDies.signal("KILL");
        eastDies.signal("KILL");
        westLeaves.signal("USR1");
        eastLeaves.signal("USR1");
        lab.startComponent(ClusterLab.WEST, "west-new", 30_006, WEST_PORT, "", 1);
        lab.startComponent(ClusterLab.EAST, "east-new", 30_006, EAST_PORT, "", 3);
        lab.startComponent(ClusterLab.WEST, "west-joins", 30_007, RELAY_PORT, "", 1);
        lab.startComponent(ClusterLab.EAST, "east-joins", 30_007, RELAY_PORT, "", 2);
        Clients newWestClients = lab.startClients(ClusterLab.WEST, RATE, lab.address(1, WEST_PORT));
        Clients newEastClients =
                lab.startClients(ClusterLab.EAST, RATE, lab.address(2, EAST_PORT), lab.address(3, EAST_PORT));
        Walks.sleepUntil(cutNs, seconds);
        lab.joinSides();
        long tookMs = lab.awaitAgreement("east-drained draining, east-joins good, east-new good, "
                + "east-operated draining, east-stays good, west-drained draining, west-joins good, west-new good, "
                + "west-operated draining, west-stays good");
        System.out.println("cut for " + seconds + " s: all say the same " + tookMs + " ms after it, and reach all "
                + lab.awaitReached() + " ms after that");
        for (Clients clients : new Clients[] {westClients, eastClients, newWestClients, newEastClients}) {
            Clients.Outcome outcome = clients.end().assertNoneFailed(RATE);
            System.out.println("  " + outcome.asked() + " clients, the slowest took " + outcome.slowestMs() + " ms");
        }
    }

    /** The third reaches both, so there is neither a partition nor a death. */
    @Test
    void aCutBetweenTwoOfThreeIsNoticedByNobody() throws Exception {
        lab.startAll();
        for (int i = 1; i <= ClusterLab.LANDERS; i++) {
            lab.startComponent(i == 1 ? ClusterLab.WEST : ClusterLab.EAST, "of-" + i, 30_000 + i, RELAY_PORT, "", i);
        }
        lab.awaitAgreement("of-1 good, of-2 good, of-3 good");
        Clients clients = lab.startStayingClients(
                ClusterLab.EAST,
                RATE,
                lab.address(1, RELAY_PORT),
                lab.address(2, RELAY_PORT),
                lab.address(3, RELAY_PORT));
        long cutNs = System.nanoTime();
        lab.part(2, 3);
        Walks.sleepUntil(cutNs, 10); // it may be found out by now
        ChildProcess leaves = lab.startComponent(ClusterLab.EAST, "new-at-2", 30_004, RELAY_PORT, "", 2);
        lab.startComponent(ClusterLab.EAST, "new-at-3", 30_005, RELAY_PORT, "", 3);
        Walks.sleepUntil(cutNs, 20);
        leaves.signal("USR1");
        Walks.sleepUntil(cutNs, 40); // longer than the grace, whoever is excluded
        lab.join(2, 3);
        long tookMs = lab.awaitAgreement("new-at-3 good, of-1 good, of-2 good, of-3 good");
        System.out.println("two of three cut off from each other for 40 s: all say the same after " + tookMs + " ms");
        Clients.Outcome outcome = clients.end().assertNoneFailed(30 * RATE);
        assertTrue(outcome.slowestMs() < 5_000, outcome::toString);
    }

    private ChildProcess west(String name, int port) throws Exception {
        return lab.startComponent(ClusterLab.WEST, name, 30_000 + port, RELAY_PORT, "", 1);
    }

    private ChildProcess east(String name, int port, int lander) throws Exception {
        return lab.startComponent(ClusterLab.EAST, name, 30_000 + port, RELAY_PORT, "", lander);
    }
}
