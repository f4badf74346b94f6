package dev.lander.simulation;

import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.Network;
import dev.lander.simulation.network.Timeline;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What all actors of a run have in common. */
final class World {
    static final long MS = 1_000_000L;
    static final long S = 1_000 * MS;
    static final int PLENTY = 100_000;
    private static final long SPREAD = 0x9e3779b97f4a7c15L;
    private static final int LONGEST_DATAGRAM = 65_535;

    private final long seed;
    private final Timeline timeline = new Timeline();
    private final Network network;
    private final Trace trace;
    private final ByteBuffer scratch = ByteBuffer.allocate(LONGEST_DATAGRAM);

    /** The first invariant that was broken; null = none was. */
    private @Nullable ViolationException first;

    World(long seed, Trace trace) {
        this.seed = seed;
        this.network = new Network(timeline, randomFor("network"));
        this.trace = trace;
    }

    Network network() {
        return network;
    }

    Timeline timeline() {
        return timeline;
    }

    long nowNs() {
        return timeline.nowNs();
    }

    /** Chance for one purpose: what others do with theirs does not change it. */
    SplittableRandom randomFor(String purpose) {
        return new SplittableRandom(seed * SPREAD ^ purpose.hashCode() * SPREAD);
    }

    Host addHost(String name) {
        return network.addHost(name, PLENTY);
    }

    /** Room for what is read and looked at within one call. */
    ByteBuffer scratch() {
        return scratch.clear();
    }

    /** What may fail only by a defect of the simulation. */
    interface Act {
        void happen() throws Exception;
    }

    void after(long delayNs, Act act) {
        timeline.after(delayNs, () -> {
            try {
                act.happen();
            } catch (RuntimeException fault) {
                throw fault;
            } catch (Exception fault) {
                throw new IllegalStateException(fault);
            }
        });
    }

    void trace(Object actor, String what) {
        trace.add(timeline.nowNs(), actor, what);
    }

    /** An invariant is broken. */
    ViolationException violated(Object actor, String invariant) {
        trace(actor, "VIOLATES: " + invariant);
        ViolationException violation = new ViolationException(finder(), invariant + " (" + actor + ")");
        if (first == null) {
            first = violation;
        }
        throw violation;
    }

    /** Whose check it is that is broken. */
    private static String finder() {
        List<String> helpers = List.of(World.class.getName(), Invariant.class.getName());
        String found = StackWalker.getInstance().walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                .filter(name -> !helpers.contains(name))
                .findFirst()
                .orElseThrow());
        return found.substring(found.lastIndexOf('.') + 1);
    }

    /** What was found while Lander was at work, which deals with exceptions itself. */
    void rethrow() {
        if (first != null) {
            throw first;
        }
    }

    /** An invariant is broken unless this holds. */
    void check(boolean holds, Object actor, String invariant) {
        if (!holds) {
            throw violated(actor, invariant);
        }
    }
}
