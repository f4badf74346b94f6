package dev.lander.simulation;

import dev.lander.registry.Component;
import dev.lander.registry.Route;
import dev.lander.registry.Service;
import dev.lander.relay.FinishedRelay;
import dev.lander.relay.RelayEnd;
import java.util.HashMap;
import java.util.Map;

/** Who asks for a service by name gets it, as long as it is there. */
final class NamesLead extends Invariant {
    /** Since when each service of a TCP port is there, by port and route. */
    private final Map<String, Long> sinceNs = new HashMap<>();

    NamesLead(Cast cast) {
        super(cast, "a client with a server name never reaches another service's component");
    }

    @Override
    void onBound(Service service) {
        sinceNs.put(service.relayPort().toString(), world.nowNs());
    }

    @Override
    void onReleased(Service service) {
        sinceNs.remove(service.relayPort().toString());
    }

    @Override
    void onFinished(FinishedRelay relay) {
        Conversation one = cast.conversation(relay);
        if (one == null
                || relay.component() == null
                || !relay.service().toString().startsWith("tcp")) {
            return;
        }
        Route chosen = relay.service().route();
        boolean toldApart = one.opening.isWhole() || !chosen.isEverybody();
        check(!toldApart || one.opening.fit(chosen) > 0, "it asked for another:", one);
        for (Terms other : cast.setting().at(relay.service().number())) {
            Long since = sinceNs.get("tcp/" + other.relayPort() + other.route());
            boolean wasThere = since != null && since <= one.beganNs;
            check(
                    !wasThere || !one.opening.isWhole() || one.opening.fit(other.route()) <= one.opening.fit(chosen),
                    other.route() + " is nearer:",
                    one);
        }
    }

    @Override
    void onLeft(Component component) {
        // It may be the last one; then the service is released.
    }

    /** Whether the end is that of a client whom no service of a shared port can have. */
    static boolean isOfNobody(Conversation one, RelayEnd end) {
        return end == RelayEnd.NO_SERVICE && one.clientGot == 0 && !one.known;
    }
}
