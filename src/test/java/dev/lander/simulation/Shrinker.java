package dev.lander.simulation;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes a run that breaks an invariant shorter: leaves out actors and faults, and lets it end earlier, as long as the
 * same invariant is still broken.
 */
final class Shrinker {
    private static final long SHORTEST_NS = World.S;

    private final Runs runs;
    private final long untilNs;

    /** @param seconds how long it may try, by the clock on the wall */
    Shrinker(Runs runs, long seconds) {
        this.runs = runs;
        this.untilNs = System.nanoTime() + seconds * World.S;
    }

    /** A shorter run that breaks the same, or this one. */
    Simulation.Plan shrink(Simulation.Plan failing) {
        String broken = broken(failing);
        Simulation.Plan shortest = failing;
        int parts = runs.parts();
        for (int size = Math.max(1, parts / 2); size >= 1 && broken != null; size /= 2) {
            for (int first = 0; first < parts; first += size) {
                BitSet without = (BitSet) shortest.without().clone();
                without.set(first, Math.min(parts, first + size));
                Simulation.Plan candidate = new Simulation.Plan(failing.seed(), without, shortest.servedNs());
                if (!without.equals(shortest.without()) && broken.equals(broken(candidate))) {
                    shortest = candidate;
                }
            }
        }
        while (broken != null && shortest.servedNs() > SHORTEST_NS) {
            Simulation.Plan candidate =
                    new Simulation.Plan(failing.seed(), shortest.without(), shortest.servedNs() * 3 / 4);
            if (!broken.equals(broken(candidate))) {
                break;
            }
            shortest = candidate;
        }
        return shortest;
    }

    /** The sentence of the invariant that the run breaks; null = none, or there is no time left to find out. */
    private @Nullable String broken(Simulation.Plan plan) {
        if (System.nanoTime() > untilNs) {
            return null;
        }
        try {
            runs.run(plan);
            return null;
        } catch (AssertionError failed) {
            String message = String.valueOf(failed.getCause());
            int end = message.indexOf(": ", message.indexOf(": ") + 1);
            return end < 0 ? message : message.substring(0, end);
        }
    }
}
