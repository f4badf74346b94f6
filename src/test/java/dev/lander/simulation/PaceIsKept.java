package dev.lander.simulation;

import static dev.lander.simulation.World.MS;
import static dev.lander.simulation.World.S;

import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import dev.lander.relay.FinishedRelay;
import java.util.HashMap;
import java.util.Map;

/** Neither way of a relay or flow is faster than its component wants it. */
final class PaceIsKept extends Invariant {
    /** What passes at once: some clients' first bytes, or a datagram, which can't be cut. */
    private static final long MOST_AT_ONCE = 65_536;

    private static final long BURST_NS = 50 * MS;
    private static final long DATAGRAMS_BURST_NS = S;

    /** Bytes per second of components, by their labels; only of those that have a limit. */
    private final Map<String, Integer> limits = new HashMap<>();

    PaceIsKept(Cast cast) {
        super(cast, "no relay or flow is faster than max_bytes_per_second");
    }

    @Override
    void onRegistered(Component component) {
        limits.remove(component.label());
        if (component.traits().maxBytesPerSecond() > 0) {
            limits.put(component.label(), component.traits().maxBytesPerSecond());
        }
    }

    @Override
    void onFinished(FinishedRelay relay) {
        Integer limit = relay.component() == null ? null : limits.get(relay.component());
        if (limit != null) {
            boolean tcp = relay.service().protocol() == Protocol.TCP;
            check(relay, limit, relay.bytesIn(), tcp ? BURST_NS : DATAGRAMS_BURST_NS);
            check(relay, limit, relay.bytesOut(), BURST_NS);
        }
    }

    private void check(FinishedRelay relay, int limit, long bytes, long burstNs) {
        double most = MOST_AT_ONCE + (double) limit * (burstNs + relay.durationNs()) / S;
        if (bytes > most) {
            check(false, bytes + " of at most " + (long) most + " bytes by " + limit + " a second:", relay);
        }
    }
}
