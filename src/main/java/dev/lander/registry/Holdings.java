package dev.lander.registry;

import java.net.InetAddress;
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
    private final Map<Place, Reports> reports = new HashMap<>();

    /** What one report speaks for: all that the link has on a relay port, at one address, whichever names. */
    private record Place(RelayPort relayPort, InetAddress host) {
        static Place of(Component component) {
            return new Place(
                    component.service().relayPort().bare(), component.address().getAddress());
        }
    }

    void add(Component component) {
        components.add(component);
        Reports ofPort = reports.computeIfAbsent(Place.of(component), absent -> new Reports());
        ofPort.add(component);
    }

    void remove(Component component) {
        components.remove(component);
        Reports ofPort = reports.get(Place.of(component));
        if (ofPort != null) {
            ofPort.remove(component);
            if (ofPort.isEmpty()) {
                reports.remove(Place.of(component));
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

    /** The reports for a relay port and an address; null when nothing is registered there. */
    @Nullable
    Reports at(RelayPort relayPort, InetAddress host) {
        return reports.get(new Place(relayPort.bare(), host));
    }
}
