package dev.lander.simulation;

import dev.lander.kernel.PipeCalls;
import dev.lander.kernel.PipeSource;
import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.SimulatedPipes;
import dev.lander.testing.TestPlatform;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Whether Lander's machine has pipes for streams in a run, and what they are like. */
final class Splicing {
    /** What happens to pipes, as {@link Reached} names it. */
    static final List<String> EVENTS = List.of(
            "moved",
            "nothing to move",
            "no memory",
            "sink took less",
            "reset",
            "gone",
            "pipe too small",
            "pipe closed with bytes in it");

    private static final long LOADING_NS = 57 * World.MS;

    /** The simulated buffers have 64 KiB. */
    private static final List<Integer> LARGE = List.of(1, 1_000, 8_000, 30_000);

    private static final List<Integer> ALLOWED = List.of(0, 1, 2, World.PLENTY);

    private final @Nullable SimulatedPipes pipes;
    private final @Nullable PipeSource source;

    /** As the seed decides, which every run may do without. */
    Splicing(World world, Host host) {
        SplittableRandom random = world.randomFor("pipes");
        int dice = random.nextInt(8);
        int large = LARGE.get(random.nextInt(LARGE.size()));
        int allowed = ALLOWED.get(random.nextInt(ALLOWED.size()));
        boolean forced = TestPlatform.isForced();
        if (dice == 0 && !forced) {
            this.pipes = null;
            this.source = null;
            return;
        }
        boolean missing = dice == 1 && !forced;
        SimulatedPipes calls = new SimulatedPipes(host.descriptors(), forced ? World.PLENTY : allowed, random);
        this.pipes = calls;
        this.source = new PipeSource(
                () -> loaded(calls, missing), task -> world.timeline().after(LOADING_NS, task), forced ? 1 : large);
        world.trace("machine", missing ? "has no calls for pipes" : "has pipes for " + source.large() + " bytes");
    }

    /** For Lander's sockets; null = there are none. */
    @Nullable
    PipeSource source() {
        return source;
    }

    /** What has happened how often, by {@link #EVENTS}. */
    Map<String, Long> counts() {
        return pipes == null ? Map.of() : pipes.counts();
    }

    private static PipeCalls loaded(PipeCalls calls, boolean missing) {
        if (missing) {
            throw new UnsatisfiedLinkError("not in this run");
        }
        return calls;
    }
}
