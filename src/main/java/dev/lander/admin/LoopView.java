package dev.lander.admin;

import dev.lander.listing.ClusterStatus;
import dev.lander.listing.Snapshots;
import dev.lander.metrics.Counter;
import dev.lander.metrics.Histogram;
import dev.lander.registry.Snapshot;
import dev.lander.registry.SnapshotWalk;
import dev.lander.registry.Traffic;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * All that is shown.
 *
 * @param load what the process as a whole carries
 * @param registered as it was a moment before the rest, see {@link SnapshotWalk}
 * @param cluster null = there is none
 * @param stateSince since when each component is in its state, in milliseconds since 1970; as it is now
 */
record LoopView(
        Load load,
        Snapshot registered,
        @Nullable ClusterStatus cluster,
        Map<Counter, Long> counters,
        Histogram.Values connectTimes,
        Histogram.Values turnTimes,
        List<Event> events,
        Map<ComponentId, Long> stateSince) {

    /**
     * What the process as a whole carries.
     *
     * @param nowNs the loop's time
     * @param draining whether Lander ends
     * @param traffic what was relayed since the start
     * @param splicedBytes those of its bytes that were moved within the kernel
     * @param maxRelays TCP relays that may be open at once
     * @param maxFlows UDP flows that may be open at once
     * @param controlPort where the control channel listens
     * @param certificateExpires when the control channel's certificate does; null = it has none
     */
    record Load(
            long nowNs,
            boolean draining,
            Traffic.Totals traffic,
            long splicedBytes,
            int relays,
            int maxRelays,
            int flows,
            int maxFlows,
            int controlConnections,
            int controlPort,
            @Nullable Instant certificateExpires) {
        /** On the reactor's thread. */
        static Load of(Sources sources) {
            return new Load(
                    sources.reactor().nowNs(),
                    sources.control().isEnding(),
                    sources.registry().traffic(),
                    sources.metrics().splicedBytes(),
                    sources.relayPorts().openRelays(),
                    sources.relayPorts().maxRelays(),
                    sources.relayPorts().openFlows(),
                    sources.relayPorts().maxFlows(),
                    sources.control().openConnections(),
                    sources.controlPort(),
                    sources.control().certificateExpires());
        }
    }

    /** On the reactor's thread, on which the answer comes, now or in a later turn. */
    static void ask(Sources sources, CompletableFuture<LoopView> answer) {
        sources.listings().registered().ask(0, new Snapshots.Asker() {
            @Override
            public void onSnapshot(Snapshot registered) {
                answer.complete(of(sources, registered));
            }

            @Override
            public void onFault(Exception defect) {
                answer.completeExceptionally(defect);
            }

            /** As in the log. */
            @Override
            public String toString() {
                return "admin page";
            }
        });
    }

    private static LoopView of(Sources sources, Snapshot registered) {
        return new LoopView(
                Load.of(sources),
                registered,
                sources.listings().cluster().status(),
                sources.metrics().values(),
                sources.metrics().connectTimes().values(),
                sources.metrics().turnTimes().values(),
                sources.events().events(),
                sources.events().stateSince());
    }
}
