package dev.lander.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One Lander after the other is ended in order and started again, while clients ask the others. */
@Tag("walks")
@Timeout(300)
class UpgradeWalkIT {
    private static final int RELAY_PORT = 20_000;
    private static final int RATE = 50;
    private static final String ALL = "a good, b good, c good";

    @Test
    void aRollingUpgradeIsNoticedByNobody(@TempDir Path folder) throws Exception {
        try (ClusterLab lab = ClusterLab.create(folder)) {
            lab.startAll();
            lab.startComponent(ClusterLab.WEST, "a", 30_001, RELAY_PORT, "", 1);
            lab.startComponent(ClusterLab.EAST, "b", 30_002, RELAY_PORT, "", 2);
            lab.startComponent(ClusterLab.EAST, "c", 30_003, RELAY_PORT, "", 2, 3);
            lab.awaitAgreement(ALL);
            for (int i = 1; i <= ClusterLab.LANDERS; i++) {
                upgrade(lab, i);
            }
        }
    }

    private static void upgrade(ClusterLab lab, int number) throws Exception {
        String[] others = IntStream.rangeClosed(1, ClusterLab.LANDERS)
                .filter(other -> other != number)
                .mapToObj(other -> lab.address(other, RELAY_PORT))
                .toArray(String[]::new);
        Clients clients = lab.startStayingClients(ClusterLab.WEST, RATE, others);
        lab.restart(number);
        // The virtual address may be its own from now on.
        Clients own = lab.startClients(ClusterLab.EAST, RATE, lab.address(number, RELAY_PORT));
        lab.awaitAgreement(ALL);
        own.end().assertNoneFailed(RATE / 5);
        assertEquals(
                "[a, b, c]", clients.end().assertNoneFailed(3 * RATE).answered().toString());
    }
}
