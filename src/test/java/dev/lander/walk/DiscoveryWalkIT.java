package dev.lander.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ways in which {@code --cluster} says where the others are. */
@Tag("walks")
@Timeout(180)
class DiscoveryWalkIT {
    private static final int RELAY_PORT = 20_000;
    private static final int RATE = 20;

    /** All list the first alone, which knows nobody when it starts again. */
    @Test
    void aListWithOneAddressIsEnoughAlsoAfterThatOneHasStartedAgain(@TempDir Path folder) throws Exception {
        try (ClusterLab lab = ClusterLab.create(folder)) {
            String list = "--cluster=" + lab.address(1);
            for (int i = 1; i <= ClusterLab.LANDERS; i++) {
                lab.startListing(i, list);
            }
            lab.awaitMembers(ClusterLab.LANDERS);
            lab.startComponent(ClusterLab.EAST, "one", 30_001, RELAY_PORT, "", 2);
            lab.awaitAgreement("one good");
            lab.lander(1).process().signal("KILL");
            lab.startListing(1, list);
            long begunNs = System.nanoTime();
            lab.awaitMembers(ClusterLab.LANDERS);
            System.out.println("the one that all list, killed and started again: all are members after "
                    + (System.nanoTime() - begunNs) / 1_000_000 + " ms");
            lab.awaitAgreement("one good");
        }
    }

    /** A name with five addresses; at two there is no machine. */
    @Test
    void deadAddressesOfANameDoNoHarm(@TempDir Path folder) throws Exception {
        try (ClusterLab lab = ClusterLab.create(folder)) {
            StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n");
            for (String host : new String[] {"77", "1", "2", "78", "3"}) {
                hosts.append("10.9.0.").append(host).append(" landers.example\n");
            }
            Path file = Files.writeString(folder.resolve("hosts"), hosts);
            lab.setEnvironment("JAVA_TOOL_OPTIONS=-Djdk.net.hosts.file=" + file);
            for (int i = 1; i <= ClusterLab.LANDERS; i++) {
                lab.startListing(i, "--cluster=dns:landers.example");
            }
            serveWithoutTheFirst(lab);
        }
    }

    @Test
    void ipv6AloneIsEnough(@TempDir Path folder) throws Exception {
        try (ClusterLab lab = ClusterLab.createIpv6(folder)) {
            lab.startAll();
            serveWithoutTheFirst(lab);
        }
    }

    private static void serveWithoutTheFirst(ClusterLab lab) throws Exception {
        lab.awaitMembers(ClusterLab.LANDERS);
        lab.startComponent(ClusterLab.EAST, "one", 30_001, RELAY_PORT, "", 1);
        lab.awaitAgreement("one good");
        Clients clients =
                lab.startClients(ClusterLab.WEST, RATE, lab.address(2, RELAY_PORT), lab.address(3, RELAY_PORT));
        lab.lander(1).process().signal("KILL");
        lab.lander(2).process().awaitLog("member_lost");
        lab.lander(3).process().awaitLog("member_lost");
        clients.end().assertNoneFailed(RATE / 2);
        assertEquals("one good", lab.status(2).names());
        assertEquals("one good", lab.status(3).names());
    }
}
