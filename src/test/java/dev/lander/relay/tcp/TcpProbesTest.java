package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.sockets.FdBudget;
import dev.lander.testing.RunningReactor;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Probes are within the budget of descriptors, and leave most of it to clients. */
final class TcpProbesTest {
    private static final int SHARE = 10;

    /** A process limit that leaves eight times that, behind the reserve. */
    private static final int LIMIT = 48 + 8 * SHARE;

    private final FdBudget fds = new FdBudget(LIMIT, Runnable::run);
    private final TcpProbes probes;

    TcpProbesTest() throws IOException {
        try (RunningReactor loop = new RunningReactor().start()) {
            probes = new TcpProbes(loop.reactor(), fds, Duration.ofSeconds(5));
        }
    }

    @Test
    void theyTakeAnEighthAtMost() {
        int before = fds.free();
        for (int i = 0; i < SHARE; i++) {
            assertTrue(probes.takeDescriptor());
        }
        assertFalse(probes.takeDescriptor());
        assertEquals(before - SHARE, fds.free());
        probes.giveBackDescriptor();
        assertTrue(probes.takeDescriptor());
    }

    @Test
    void theyTakeNoneThatClientsHold() {
        fds.hold(fds.free());
        assertFalse(probes.takeDescriptor());
        fds.release(1);
        assertTrue(probes.takeDescriptor());
        probes.giveBackDescriptor();
        assertEquals(1, fds.free());
    }
}
