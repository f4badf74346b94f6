package dev.lander.simulation;

import static dev.lander.simulation.World.S;

import dev.lander.Platform;
import dev.lander.WatchedLander;
import dev.lander.host.ServiceNotifier;
import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.SimulatedProvider;
import dev.lander.sockets.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run: a Lander serves for a while, then its clients stop, then what it holds must be what its components have
 * asked for, and then it ends.
 */
final class Simulation {
    /** All that is under way has ended by then, whatever has been cut. */
    private static final long QUIET_NS = 75 * S;

    /** What was sent before Lander's end arrives by then. */
    private static final long LAST_NEWS_NS = 30 * S;

    /** A signature of a handshake. */
    private static final long COMPUTATION_NS = World.MS;

    private static final String FIRST_TOKEN = "secret";

    private final Trace trace;
    private final World world;
    private final Cast cast;
    private final Watch watch;
    private final WatchedLander lander;
    private final List<Part> parts;

    /**
     * What is played.
     *
     * @param seed decides everything
     * @param without parts of the scenario that are left out, by their numbers
     * @param servedNs how long clients come
     */
    record Plan(long seed, BitSet without, long servedNs) {
        static Plan of(long seed) {
            return new Plan(seed, new BitSet(), Scenario.SERVED_NS);
        }
    }

    /**
     * Prepares it.
     *
     * @param tokenFile for Lander's secret; null = it has none
     * @param whatHolds the invariants
     */
    Simulation(
            Plan plan,
            Trace trace,
            Reached reached,
            @Nullable Path tokenFile,
            Function<Cast, List<Invariant>> whatHolds)
            throws IOException {
        this.trace = trace;
        this.world = new World(plan.seed(), trace);
        SplittableRandom random = world.randomFor("scenario");
        Host balancer = world.addHost("balancer");
        Setting setting = Setting.draw(random, balancer.address().getHostAddress(), tokenFile);
        Host host = world.network().addHost("lander", setting.descriptors());
        world.network().setFaults(setting.faults());
        this.cast = new Cast(world, setting, host, balancer, reached);
        if (setting.options().tokenFile != null) {
            Files.writeString(setting.options().tokenFile, FIRST_TOKEN + "\n");
            cast.changeToken(FIRST_TOKEN);
            cast.onTokenTaken();
        }
        setting.options().virtualAddresses.forEach(host.addresses()::allowBinding);
        SimulatedProvider provider = new SimulatedProvider(host);
        Splicing splicing = new Splicing(world, host);
        Platform platform = new Platform(
                world.timeline()::nowNs,
                new Sockets(provider, splicing.source(), host.addresses()::listed),
                ServiceNotifier.none(),
                setting.descriptors(),
                host::isLocal,
                task -> world.after(COMPUTATION_NS, task::run),
                world.randomFor("lander"));
        this.watch = new Watch(cast, splicing, whatHolds);
        this.lander = new WatchedLander(setting.built(), platform, watch, watch);
        cast.setLander(lander, provider.selector());
        provider.selector().onTurn(watch::onTurn);
        this.parts = Scenario.draw(setting, random);
        populate(plan);
    }

    /** What could be left out. */
    List<Part> parts() {
        return parts;
    }

    /** Seconds that have passed in it. */
    double seconds() {
        return world.nowNs() / (double) S;
    }

    /** Runs it to its end; a digest of all that happened. */
    String run() throws IOException {
        lander.run();
        world.trace("lander", "has ended");
        long endedNs = world.nowNs();
        watch.onStopped();
        world.timeline().runUntil(endedNs + LAST_NEWS_NS);
        watch.onEnd();
        return trace.hash();
    }

    private void populate(Plan plan) {
        for (int i = 0; i < parts.size(); i++) {
            if (!plan.without().get(i)) {
                try {
                    parts.get(i).entry().join(cast);
                } catch (Exception defect) {
                    throw new IllegalStateException(parts.get(i) + " can't begin", defect);
                }
            }
        }
        world.after(plan.servedNs(), cast::calmDown);
        world.after(plan.servedNs() + QUIET_NS, () -> {
            if (!cast.isEndAsked()) {
                watch.onQuiet();
                cast.endLander();
            }
        });
    }
}
