package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.sockets.FdBudget;
import org.junit.jupiter.api.Test;

/** Probes are within the budget of descriptors, and leave most of it to clients. */
final class ProbeDescriptorsTest {
    private static final int SHARE = 10;

    /** A process limit that leaves eight times that, behind the reserve. */
    private static final int LIMIT = 48 + 8 * SHARE;

    private final FdBudget fds = new FdBudget(LIMIT, Runnable::run);
    private final ProbeDescriptors descriptors = new ProbeDescriptors(fds);

    @Test
    void theyTakeAnEighthAtMost() {
        int before = fds.free();
        for (int i = 0; i < SHARE; i++) {
            assertTrue(descriptors.take());
        }
        assertFalse(descriptors.take());
        assertEquals(before - SHARE, fds.free());
        descriptors.giveBack();
        assertTrue(descriptors.take());
    }

    @Test
    void theyTakeNoneThatClientsHold() {
        fds.hold(fds.free());
        assertFalse(descriptors.take());
        fds.release(1);
        assertTrue(descriptors.take());
        descriptors.giveBack();
        assertEquals(1, fds.free());
    }
}
