package dev.lander.simulation;

import static dev.lander.simulation.World.MS;
import static dev.lander.simulation.World.S;

import dev.lander.listing.Progress;
import dev.lander.registry.Component;
import dev.lander.relay.OpenList;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** A TCP client's connection is nowhere for longer than it may be; and Lander sees to it, not somebody who gives up. */
final class DeadlinesHold extends Invariant {
    private static final long LOOK_NS = 200 * MS;

    /** A header of a balancer's, and a hello. */
    private static final long FIRST_BYTES_NS = 5 * S;

    /** Whom a reset awaits. */
    private static final long LINGER_NS = 30 * S;

    /** A look late, rounded times, and what Lander does between two deadlines. */
    private static final long SLACK_NS = 2 * S;

    /** Where a connection is, since when. */
    private record Wait(Progress progress, @Nullable Component component, long sinceNs) {}

    private IdentityHashMap<OpenList.Entry, Wait> waits = new IdentityHashMap<>();
    private long nextLookNs;

    DeadlinesHold(Cast cast) {
        super(cast, "no deadline is lost");
    }

    @Override
    void onTurn() {
        long nowNs = world.nowNs() - cast.stalledNs();
        if (nowNs < nextLookNs) {
            return;
        }
        nextLookNs = nowNs + LOOK_NS;
        IdentityHashMap<OpenList.Entry, Wait> still = new IdentityHashMap<>();
        Insides.openClients(state().relayPorts()).forEach(entry -> {
            Wait wait = new Wait(entry.shown().progress(), entry.component(), nowNs);
            Wait before = waits.get(entry);
            if (before != null && before.progress.equals(wait.progress) && before.component == wait.component) {
                wait = before;
            }
            still.put(entry, wait);
            if (nowNs - wait.sinceNs > mostNs(wait.progress)) {
                check(false, (nowNs - wait.sinceNs) / MS + " ms without a change: " + entry.shown());
            }
        });
        waits = still;
    }

    private long mostNs(Progress progress) {
        long mostNs =
                switch (progress.phase()) {
                    case PROXY_HEADER, CLIENT_HELLO -> FIRST_BYTES_NS;
                    // who has waited and met a component that refuses waits once more
                    case QUEUEING -> 2 * cast.setting().options().queueTimeout.toNanos();
                    case CONNECTING ->
                        2 * cast.setting().options().connectTimeout.toNanos();
                    case RESETTING -> LINGER_NS;
                    case RELAYING, SETTLED ->
                        // what is announced though it is not there counts as activity
                        cast.isLanderTroubled()
                                ? Long.MAX_VALUE / 2
                                : cast.setting().options().idleTimeout.toNanos();
                };
        return mostNs + SLACK_NS;
    }
}
