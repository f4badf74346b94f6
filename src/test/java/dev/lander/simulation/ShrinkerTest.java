package dev.lander.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.registry.Component;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run that fails is made as short as what it takes to fail. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class ShrinkerTest {
    private static final long SECONDS = 120;
    private static final int SEED = 3;

    /** Is broken by any two components, and by nothing else. */
    private static final class OneComponent extends Invariant {
        private final Set<InetSocketAddress> registered = new HashSet<>();

        OneComponent(Cast cast) {
            super(cast, "only one component registers");
        }

        @Override
        void onRegistered(Component component) {
            registered.add(component.address());
            check(registered.size() == 1, component.identity());
        }
    }

    @Test
    void onlyWhatTheFailureNeedsIsLeft() throws IOException {
        try (Runs runs = new Runs(false, cast -> List.of(new OneComponent(cast)))) {
            Simulation.Plan plan = Simulation.Plan.of(SEED);
            assertThrows(AssertionError.class, () -> runs.run(plan));
            int parts = runs.parts();

            Simulation.Plan shortest = new Shrinker(runs, SECONDS).shrink(plan);

            assertEquals(parts - 2, shortest.without().cardinality(), () -> Runs.command(shortest));
            assertTrue(shortest.servedNs() < plan.servedNs() / 2, () -> Runs.command(shortest));
            String broken = String.valueOf(
                    assertThrows(AssertionError.class, () -> runs.run(shortest)).getMessage());
            assertTrue(broken.contains("only one component registers"), broken);
            assertTrue(broken.contains("repeat: make simulate SEED=3 WITHOUT="), broken);
        }
    }

    @Test
    void aRunThatPassesStaysAsItIs() throws IOException {
        try (Runs runs = new Runs(false, cast -> List.of())) {
            Simulation.Plan plan = Simulation.Plan.of(SEED);
            assertEquals(plan, new Shrinker(runs, SECONDS).shrink(plan));
        }
    }
}
