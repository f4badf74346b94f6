package dev.lander.simulation;

import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What users and components have limited stays within its limits. */
final class LimitsHold extends Invariant {
    private final Map<Component, Integer> limited = new LinkedHashMap<>();

    LimitsHold(Cast cast) {
        super(cast, "no limit of connections, relays or flows is exceeded");
    }

    @Override
    void onRegistered(Component component) {
        ServiceComponent actor = cast.component(component.address());
        boolean tcp = component.service().relayPort().protocol() == Protocol.TCP;
        if (tcp && actor != null && actor.plan().maxConnections() > 0) {
            limited.put(component, actor.plan().maxConnections());
        }
    }

    @Override
    void onLeft(Component component) {
        limited.remove(component);
    }

    @Override
    void onTurn() {
        limited.forEach((component, most) -> {
            if (component.active() > most) {
                check(false, component.identity() + " has " + component.active() + " of " + most);
            }
        });
        checkOpen(state().relayPorts().openRelays(), cast.setting().options().maxConnections, "relays");
        checkOpen(state().relayPorts().openFlows(), cast.setting().options().maxUdpFlows, "flows");
    }

    private void checkOpen(int open, @Nullable Integer most, String what) {
        if (most != null && open > most) {
            check(false, open + " " + what + " are open of " + most);
        }
    }
}
