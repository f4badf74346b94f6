package dev.lander.registry.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A small {@link Fleet} with every run of the tests, and a large one by {@code make simulate-fleet}. */
class FleetTest {
    private static final int LANDERS = Integer.getInteger("lander.fleet.landers", 3);
    private static final int COMPONENTS = Integer.getInteger("lander.fleet.components", 200);
    private static final int CLIENTS = Integer.getInteger("lander.fleet.clients", 20_000);
    private static final int STEPS = Integer.getInteger("lander.fleet.steps", 3);

    @Test
    void maglevSpreadsEvenlyMovesFewAndIsTheSameAtEveryLander() throws Exception {
        Fleet fleet = new Fleet(LANDERS, COMPONENTS, CLIENTS, STEPS, 17);
        Fleet.Result maglev = fleet.maglev();
        Fleet.Result modulo = fleet.modulo();
        Fleet.Result ring = fleet.ring();
        System.out.println(LANDERS + " Landers, " + COMPONENTS + " components, " + CLIENTS + " clients, " + STEPS
                + " steps of 1 % that fail while those of the step before come back");
        System.out.println(Fleet.HEADER);
        List.of(maglev, modulo, ring).forEach(System.out::println);
        for (Fleet.Result each : List.of(maglev, modulo, ring)) {
            assertEquals(0, each.disagreeing(), each::toString);
        }
        assertTrue(maglev.moved() < 0.1, maglev::toString);
        assertTrue(modulo.moved() > 0.4, modulo::toString);
        assertTrue(maglev.busiest() < ring.busiest(), () -> maglev + "\n" + ring);
    }
}
