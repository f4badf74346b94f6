package dev.lander.walk;

import dev.lander.testing.ChildProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Lander stands still for a while, as on a machine that is paused: it is not told of anything, and then of all. */
@Tag("walks")
@Timeout(300)
class StoppedMemberWalkIT {
    private static final int RELAY_PORT = 20_000;
    private static final int NEW_PORT = 20_001;
    private static final int RATE = 20;

    @ParameterizedTest
    @ValueSource(ints = {3, 10, 20, 60})
    void aStoppedMemberKnowsTheSameSoonAfterItGoesOn(int seconds, @TempDir Path folder) throws Exception {
        try (ClusterLab lab = ClusterLab.create(folder)) {
            lab.startAll();
            lab.startComponent(ClusterLab.EAST, "of-1", 30_001, RELAY_PORT, "", 1);
            ChildProcess dies = lab.startComponent(ClusterLab.EAST, "dies", 30_002, RELAY_PORT, "", 1);
            ChildProcess leaves = lab.startComponent(ClusterLab.EAST, "leaves", 30_003, RELAY_PORT, "", 2);
            ChildProcess drained = lab.startComponent(ClusterLab.EAST, "drained", 30_004, RELAY_PORT, "", 3);
            lab.startComponent(ClusterLab.EAST, "operated", 30_005, RELAY_PORT, "", 1);
            lab.awaitAgreement("dies good, drained good, leaves good, of-1 good, operated good");
            Clients clients =
                    lab.startClients(ClusterLab.EAST, RATE, lab.address(2, RELAY_PORT), lab.address(3, RELAY_PORT));

            long stoppedNs = System.nanoTime();
            lab.lander(1).process().signal("STOP");
            try {
                dies.signal("KILL");
                leaves.signal("USR1");
                drained.signal("USR2");
                lab.landerctl(2, "drain", "--no-wait", lab.address(ClusterLab.EAST, 30_005));
                lab.startComponent(ClusterLab.EAST, "joins", 30_006, RELAY_PORT, "", 2);
                lab.startComponent(ClusterLab.EAST, "new", 30_007, NEW_PORT, "", 3);
                Walks.sleepUntil(stoppedNs, seconds);
            } finally {
                lab.lander(1).process().signal("CONT");
            }
            long tookMs = lab.awaitAgreement("drained draining, joins good, new good, of-1 good, operated draining");
            System.out.println("stopped for " + seconds + " s: all say the same " + tookMs + " ms after it");
            lab.startClients(ClusterLab.EAST, RATE, lab.address(1, RELAY_PORT), lab.address(1, NEW_PORT))
                    .end()
                    .assertNoneFailed(RATE / 5);
            Clients.Outcome outcome = clients.end().assertNoneFailed(seconds * RATE);
            System.out.println("  " + outcome.asked() + " clients, the slowest took " + outcome.slowestMs() + " ms");
        }
    }
}
