package dev.lander.cluster;

import dev.lander.listing.ClusterEvent;
import dev.lander.listing.ClusterObserver;
import dev.lander.registry.Component;
import dev.lander.registry.OthersHolds;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Services whose terms are not those that a registration with this Lander has asked for: told once for each change. */
final class LostTerms {
    private record Lost(Identity identity, String difference) {}

    private final OwnHolds own;
    private final OthersHolds registry;
    private final ClusterObserver observer;

    /** One registration of each such service, and what it had asked for differently. */
    private final Map<RelayPort, Lost> known = new HashMap<>();

    LostTerms(OwnHolds own, OthersHolds registry, ClusterObserver observer) {
        this.own = own;
        this.registry = registry;
        this.observer = observer;
    }

    /** Other terms apply to the service from now on. */
    void onTerms(Service service) {
        Lost lost = find(service);
        keep(service.relayPort(), lost);
        if (lost != null) {
            Component component = own.get(lost.identity());
            observer.onClusterEvent(
                    ClusterEvent.TERMS_LOST,
                    service.relayPort(),
                    component == null ? "" : component.name(),
                    "it was registered with another Lander before: " + lost.difference());
        }
    }

    /**
     * The component has registered anew, or is registered here no more.
     *
     * @param service null = it has no component any more
     */
    void onSettled(Identity identity, @Nullable Service service) {
        Lost lost = known.get(identity.relayPort());
        if (service == null) {
            known.remove(identity.relayPort());
        } else if (lost != null && lost.identity().equals(identity)) {
            keep(identity.relayPort(), find(service));
        }
    }

    /** What differs from what was asked for here, as {@code balance is source}; empty = nothing. */
    String of(RelayPort relayPort) {
        Lost lost = known.get(relayPort);
        return lost == null ? "" : lost.difference();
    }

    private void keep(RelayPort relayPort, @Nullable Lost lost) {
        if (lost == null) {
            known.remove(relayPort);
        } else {
            known.put(relayPort, lost);
        }
    }

    private @Nullable Lost find(Service service) {
        for (Component component : service.components()) {
            Identity identity = own.identity(component);
            String difference = identity == null ? "" : registry.difference(service, own.asked(identity));
            if (identity != null && !difference.isEmpty()) {
                return new Lost(identity, difference);
            }
        }
        return null;
    }
}
