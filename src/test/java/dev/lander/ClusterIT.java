package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.walk.Clients;
import dev.lander.walk.ClusterLab;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several Landers of one cluster, as far as that takes seconds; what takes longer is in {@code dev.lander.walk}. */
@Timeout(120)
class ClusterIT {
    private static final int COMPONENT_PORT = 30_001;
    private static final int RELAY_PORT = 20_000;
    private static final int RATE = 60;
    private static final String GRACE = "--cluster-grace=2s";
    private static final int LONGER_THAN_GRACE_MS = 2_500;

    private final ClusterLab lab;

    ClusterIT(@TempDir Path folder) throws Exception {
        lab = ClusterLab.create(folder);
    }

    @AfterEach
    void end() {
        lab.close();
    }

    /** Its component has nobody else; at SIGTERM the control connection ends before Lander does. */
    @Test
    void neitherAnEndInOrderNorTheDeathOfTheLanderThatHasAComponentIsNoticed() throws Exception {
        lab.startAll(GRACE);
        lab.startComponent(ClusterLab.EAST, "one", COMPONENT_PORT, RELAY_PORT, "", 1);
        awaitServed();
        Clients clients =
                lab.startStayingClients(ClusterLab.EAST, RATE, lab.address(2, RELAY_PORT), lab.address(3, RELAY_PORT));
        lab.lander(1).process().signal("TERM");
        assertEquals(
                0,
                lab.lander(1).process().exitStatus(ClusterLab.LONG),
                lab.lander(1).process()::toString);
        awaitLogged("member_leaving");
        Thread.sleep(LONGER_THAN_GRACE_MS);
        assertEquals("one good", lab.status(2).names());
        assertTrue(!lab.logged(2, "member_lost"), lab.lander(2).process()::toString);

        lab.start(1, GRACE);
        lab.lander(1).process().awaitLog("registered service=");
        lab.awaitMembers(ClusterLab.LANDERS); // its component may be quicker than it is in the group
        lab.lander(1).process().signal("KILL");
        awaitLogged("member_lost");
        Thread.sleep(LONGER_THAN_GRACE_MS);
        clients.end().assertNoneFailed(5 * RATE);
        assertEquals("one good", lab.status(3).names());
    }

    @Test
    void aWrongKeyIsNamedInBothLogs() throws Exception {
        lab.start(1);
        Files.writeString(lab.key(), "another key than that one\n");
        lab.start(2);
        for (int lander = 1; lander <= 2; lander++) {
            int number = lander;
            Await.until("it is named", ClusterLab.LONG, () -> lab.logged(number, "--cluster-key-file differs"));
            Await.until("it is alone", ClusterLab.LONG, () -> lab.logged(number, "cluster_alone"));
        }
    }

    private void awaitServed() {
        for (int i = 1; i <= ClusterLab.LANDERS; i++) {
            lab.lander(i).process().awaitLog("registered service=");
        }
    }

    private void awaitLogged(String text) {
        for (int lander = 2; lander <= 3; lander++) {
            int number = lander;
            Await.until(text + " at " + number, ClusterLab.LONG, () -> lab.logged(number, text));
        }
    }
}
