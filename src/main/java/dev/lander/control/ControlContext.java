package dev.lander.control;

import dev.lander.listing.OpenRelays;
import dev.lander.metrics.BurstLog;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Registry;
import java.util.function.BooleanSupplier;

/**
 * What every control connection works with.
 *
 * @param ending whether registers are refused because Lander ends
 */
record ControlContext(
        Reactor reactor,
        Registry registry,
        BurstLog log,
        ControlSettings settings,
        Access access,
        HeldMemory heldMemory,
        ReadBuffer readBuffer,
        CheckIntervals checkIntervals,
        SlowStarts slowStarts,
        DrainWatches drainWatches,
        StatusView status,
        OpenRelays openRelays,
        BooleanSupplier ending) {}
