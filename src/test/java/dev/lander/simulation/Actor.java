package dev.lander.simulation;

import dev.lander.simulation.network.Descriptors;
import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.SimulatedProvider;
import java.io.IOException;
import java.util.SplittableRandom;

/** Somebody on the network who acts when news comes, and when it likes to. */
abstract class Actor {
    private static final long MOST_REACTION_NS = 200_000;

    final Cast cast;
    final World world;
    final Host host;
    final SplittableRandom random;
    final SimulatedProvider sockets;
    private final String name;
    private boolean awake;
    private long frozenUntilNs;

    /** On a host of its own. */
    Actor(Cast cast, String name) {
        this(cast, name, cast.world().addHost(name));
    }

    /** A program on this host. */
    Actor(Cast cast, String name, Host host) {
        this.cast = cast;
        this.world = cast.world();
        this.name = name;
        this.host = host;
        this.random = world.randomFor(name);
        this.sockets = new SimulatedProvider(host, new Descriptors(World.PLENTY));
    }

    /** Looks at all its channels, and does what there is to do. */
    abstract void act() throws IOException;

    /** Acts in a moment. */
    final void wake() {
        if (!awake) {
            awake = true;
            long reactionNs = random.nextLong(1_000, MOST_REACTION_NS);
            world.after(reactionNs + frozenNs(), this::actNow);
        }
    }

    /** Its process stands still for this long. */
    final void freeze(long lengthNs) {
        tell("stands still for " + lengthNs / World.MS + " ms");
        frozenUntilNs = world.nowNs() + lengthNs;
    }

    final boolean isFrozen() {
        return world.nowNs() < frozenUntilNs;
    }

    /** For how much longer it stands still. */
    final long frozenNs() {
        return Math.max(0, frozenUntilNs - world.nowNs());
    }

    private void actNow() throws IOException {
        if (isFrozen()) {
            awake = false;
            wake();
            return;
        }
        awake = false;
        act();
    }

    final void tell(String what) {
        world.trace(this, what);
    }

    @Override
    public final String toString() {
        return name;
    }
}
