package dev.lander.simulation;

import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.Network;
import dev.lander.simulation.network.Timeline;
import java.util.SplittableRandom;

/** What all actors of a run have in common. */
final class World {
    private static final int PLENTY = 100_000;

    private final Timeline timeline = new Timeline();
    private final SplittableRandom random;
    private final Network network;
    private final Trace trace;
    private boolean crashes;

    World(long seed, Trace trace) {
        this.random = new SplittableRandom(seed);
        this.network = new Network(timeline, random.split());
        this.trace = trace;
    }

    Network network() {
        return network;
    }

    Timeline timeline() {
        return timeline;
    }

    SplittableRandom splitRandom() {
        return random.split();
    }

    Host addHost(String name) {
        return network.addHost(name, PLENTY);
    }

    void after(long delayNs, Runnable action) {
        timeline.after(delayNs, action);
    }

    void trace(Object actor, String what) {
        trace.add(timeline.nowNs(), actor, what);
    }

    /** Components may crash in this run: then an early end is no news. */
    void allowCrashes() {
        crashes = true;
    }

    boolean hasCrashes() {
        return crashes;
    }

    /** An invariant is broken. */
    void violated(Object actor, String invariant) {
        trace(actor, "VIOLATES: " + invariant);
        throw new ViolationException(invariant + " (" + actor + ")");
    }
}
