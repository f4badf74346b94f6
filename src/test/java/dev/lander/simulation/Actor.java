package dev.lander.simulation;

import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.SimulatedProvider;
import java.io.IOException;
import java.util.SplittableRandom;

/** Somebody on the network who acts when news comes, and when it likes to. */
abstract class Actor {
    private static final long MOST_REACTION_NS = 200_000;

    final World world;
    final Host host;
    final SplittableRandom random;
    final SimulatedProvider sockets;
    private final String name;
    private boolean awake;

    Actor(World world, String name) {
        this.world = world;
        this.name = name;
        this.host = world.addHost(name);
        this.random = world.splitRandom();
        this.sockets = new SimulatedProvider(host);
    }

    /** Looks at all its channels, and does what there is to do. */
    abstract void act() throws IOException;

    /** Acts in a moment. */
    final void wake() {
        if (!awake) {
            awake = true;
            world.after(random.nextLong(1_000, MOST_REACTION_NS), () -> {
                awake = false;
                try {
                    act();
                } catch (IOException fault) {
                    throw new IllegalStateException(name + " has an unexpected fault", fault);
                }
            });
        }
    }

    final void tell(String what) {
        world.trace(this, what);
    }

    @Override
    public final String toString() {
        return name;
    }
}
