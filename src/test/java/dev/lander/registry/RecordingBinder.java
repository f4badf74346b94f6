package dev.lander.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Binds nothing, but writes down what it was asked for, and fails when it is asked for what cannot be. */
final class RecordingBinder implements PortBinder {
    /** Why the system refuses a port. */
    final Map<RelayPort, String> refusals = new HashMap<>();

    final List<String> calls = new ArrayList<>();
    private final Map<RelayPort, Service> bound = new HashMap<>();

    /** The ports that are bound now. */
    Set<RelayPort> bound() {
        return Set.copyOf(bound.keySet());
    }

    @Override
    public Optional<String> bind(Service service) {
        RelayPort relayPort = service.relayPort();
        assertFalse(bound.containsKey(relayPort), "bound twice: " + relayPort);
        assertEquals(0, service.components().size());
        if (refusals.containsKey(relayPort)) {
            calls.add("refuse " + relayPort);
            return Optional.of(refusals.getOrDefault(relayPort, ""));
        }
        calls.add("bind " + relayPort);
        bound.put(relayPort, service);
        return Optional.empty();
    }

    @Override
    public void release(Service service) {
        assertSame(service, bound.remove(service.relayPort()));
        assertEquals(1, service.components().size());
        assertTrue(service.components().stream().allMatch(Component::isRegistered));
        calls.add("release " + service.relayPort());
    }

    @Override
    public void onLeft(Component component) {
        assertFalse(component.isRegistered());
        assertFalse(component.service().components().contains(component));
        calls.add("left " + component.identity());
    }
}
