package dev.lander.simulation;

import dev.lander.listing.OpenRelay;
import dev.lander.listing.RelayPhase;
import dev.lander.listing.WaitsFor;
import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import dev.lander.registry.Service;
import dev.lander.relay.OpenList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What users and components have limited stays within its limits. */
final class LimitsHold extends Invariant {
    private final Map<Component, Integer> limited = new LinkedHashMap<>();

    /** Ports whose service was once registered without limits, by somebody who disagrees with the components. */
    private final Set<Integer> open = new LinkedHashSet<>();

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
        Service service = component.service();
        if (service.maxPerClient() == Service.UNLIMITED && service.terms().clients() == null) {
            open.add(service.relayPort().number());
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
        cast.setting().services().forEach(this::checkClients);
        checkOpen(state().relayPorts().openRelays(), cast.setting().options().maxConnections, "relays");
        checkOpen(state().relayPorts().openFlows(), cast.setting().options().maxUdpFlows, "flows");
    }

    /** The clients that one address has at a port. */
    private void checkClients(Terms terms) {
        boolean limited = terms.perClient() > 0 || !terms.refused().isEmpty();
        boolean agreed = !open.contains(terms.relayPort());
        if (limited && agreed && cast.setting().at(terms.relayPort()).size() == 1) {
            checkClients(terms, Insides.openClients(state().relayPorts()));
            checkClients(terms, Insides.openFlows(state().relayPorts()));
        }
    }

    private void checkClients(Terms terms, OpenList relays) {
        Map<String, Set<String>> clients = new LinkedHashMap<>();
        relays.forEach(entry -> {
            OpenRelay shown = entry.shown();
            if (counts(shown) && shown.relayPort().number() == terms.relayPort()) {
                String address = shown.client().substring(0, shown.client().lastIndexOf(':'));
                clients.computeIfAbsent(address, first -> new LinkedHashSet<>()).add(shown.client());
            }
        });
        clients.forEach((address, those) -> {
            check(!address.equals(terms.refused()), address + " is refused at " + terms.relayPort());
            if (terms.perClient() > 0 && those.size() > terms.perClient()) {
                check(false, those + " are open of " + terms.perClient() + " at " + terms.relayPort());
            }
        });
    }

    /** A balancer's connection has no client yet, and a flow that owes nothing has none any more. */
    private static boolean counts(OpenRelay shown) {
        WaitsFor awaited = shown.progress().waitsFor();
        return shown.relayPort().protocol() == Protocol.TCP
                ? shown.progress().phase() != RelayPhase.PROXY_HEADER
                : awaited == WaitsFor.COMPONENT || awaited == WaitsFor.EITHER;
    }

    private void checkOpen(int open, @Nullable Integer most, String what) {
        if (most != null && open > most) {
            check(false, open + " " + what + " are open of " + most);
        }
    }
}
