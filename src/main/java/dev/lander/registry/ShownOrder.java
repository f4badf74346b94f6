package dev.lander.registry;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All registrations in the order in which they are shown: a walk through them can stop, and go on while they change.
 */
final class ShownOrder {
    private final NavigableMap<Place, Component> all = new TreeMap<>();

    /** How many registrations there have been. */
    private long last;

    void add(Component component) {
        last++;
        component.place = component.service().place.of(last);
        all.put(component.place, component);
    }

    void remove(Component component) {
        all.remove(component.place);
    }

    /** Through all of them. */
    SnapshotWalk walk(Sharing sharing) {
        return new SnapshotWalk(sharing, List.of(all), last);
    }

    /** Through those of some ports, each told by one of its services. */
    SnapshotWalk walk(Sharing sharing, Stream<Service> ports) {
        List<NavigableMap<Place, Component>> ranges = ports.map(service -> service.place.port())
                .map(port -> all.subMap(Place.beginning(port), true, Place.beginning(port + 1), false))
                .toList();
        return new SnapshotWalk(sharing, ranges, last);
    }
}
