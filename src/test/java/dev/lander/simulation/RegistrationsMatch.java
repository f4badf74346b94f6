package dev.lander.simulation;

import dev.lander.registry.Component;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.registry.Snapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What is registered, and how often a port is held, is what the model says. */
final class RegistrationsMatch extends Invariant {
    private final Map<RelayPort, Integer> held = new HashMap<>();

    RegistrationsMatch(Cast cast) {
        super(cast, "reference counts equal the registrations of the model");
    }

    @Override
    void onBound(Service service) {
        check(held.put(service.relayPort(), 0) == null, service.relayPort() + " is bound twice");
    }

    @Override
    void onRegistered(Component component) {
        check(
                held.computeIfPresent(component.service().relayPort(), (port, count) -> count + 1) != null,
                component.identity() + " is registered at a port that is not bound");
    }

    @Override
    void onLeft(Component component) {
        held.computeIfPresent(component.service().relayPort(), (port, count) -> count - 1);
    }

    @Override
    void onReleased(Service service) {
        Integer count = held.remove(service.relayPort());
        check(count != null && count == 0, service.relayPort() + " is released with " + count);
    }

    private Set<String> settled(Set<String> keys) {
        return keys.stream().filter(key -> !cast.model().isUnsettled(key)).collect(Collectors.toSet());
    }

    @Override
    void onQuiet() {
        SortedMap<String, String> states = new TreeMap<>();
        for (Snapshot.ServiceStatus service : state().registry().walk().whole().services()) {
            for (Snapshot.ComponentStatus component : service.components()) {
                states.put(
                        service.relayPort().protocol().word() + "/"
                                + service.relayPort().number() + " " + component.host() + ":" + component.port(),
                        component.state().word());
            }
        }
        check(
                settled(states.keySet()).equals(settled(cast.model().registered())),
                states.keySet() + ", not " + cast.model().registered());
        states.forEach((key, state) -> {
            String expected = cast.model().state(key);
            boolean excused = expected.isEmpty() || (expected.equals("good") && cast.isTroubled(key));
            check(excused || state.equals(expected), key + " is " + state + ", not " + expected);
        });
    }
}
