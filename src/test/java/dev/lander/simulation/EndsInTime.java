package dev.lander.simulation;

import static dev.lander.simulation.World.MS;
import static dev.lander.simulation.World.S;

/** The end comes in time. */
final class EndsInTime extends Invariant {
    EndsInTime(Cast cast) {
        super(cast, "the end comes within --drain-timeout and a second");
    }

    @Override
    void onStopped() {
        long tookNs = world.nowNs() - cast.endAskedNs();
        long allowedNs = cast.setting().options().drainTimeout.toNanos() + S + cast.stalledNs();
        check(tookNs <= allowedNs, "it took " + tookNs / MS + " ms");
    }
}
