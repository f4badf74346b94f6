package dev.lander.registry;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one link has registered. */
final class Holdings {
    private final Set<Component> components = new LinkedHashSet<>();
    private final Map<RelayPort, Reports> reports = new HashMap<>();

    void add(Component component) {
        components.add(component);
        Reports ofPort = reports.computeIfAbsent(component.service().relayPort(), absent -> new Reports());
        ofPort.add(component);
    }

    void remove(Component component) {
        components.remove(component);
        Reports ofPort = reports.get(component.service().relayPort());
        if (ofPort != null) {
            ofPort.remove(component);
            if (ofPort.isEmpty()) {
                reports.remove(component.service().relayPort());
            }
        }
    }

    boolean isEmpty() {
        return components.isEmpty();
    }

    /** In the order of registration; a live view. */
    Collection<Component> components() {
        return Collections.unmodifiableCollection(components);
    }

    /** The reports for a relay port; null when nothing is registered there. */
    @Nullable
    Reports on(RelayPort relayPort) {
        return reports.get(relayPort);
    }
}
