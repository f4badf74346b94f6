package dev.lander.registry;

import dev.lander.registry.Snapshot.ComponentStatus;
import dev.lander.registry.Snapshot.ServiceStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes a snapshot in portions, between which components may come, leave and change. Each component is shown as it was
 * when its portion was taken. All that were registered when the walk began are shown, but for those that left before
 * their portion; none that came later is, so none is shown twice.
 */
public final class SnapshotWalk {
    /** Knows who else has a component. */
    private final Sharing sharing;

    /** What is left to go through; the first has been begun when {@link #place} is not null. */
    private final Deque<NavigableMap<Place, Component>> ranges;

    /** The last registration that there was when the walk began. */
    private final long newest;

    private final List<ServiceStatus> services = new ArrayList<>();

    /** The last one that was looked at; null = none of the present range. */
    private @Nullable Place place;

    /** The service of the last one that was added; null before the first. */
    private @Nullable Service service;

    /** Its components; the list in {@link #services} shows them. */
    private List<ComponentStatus> components = List.of();

    SnapshotWalk(Sharing sharing, List<NavigableMap<Place, Component>> ranges, long newest) {
        this.sharing = sharing;
        this.ranges = new ArrayDeque<>(ranges);
        this.newest = newest;
    }

    /** Looks at this many components at most; whether the snapshot is whole now. */
    public boolean goOn(int most) {
        int left = most;
        while (!ranges.isEmpty()) {
            for (Component component : rest(ranges.element())) {
                if (left == 0) {
                    return false;
                }
                left--;
                place = component.place;
                if (place.component() <= newest) {
                    add(component);
                }
            }
            ranges.remove();
            place = null;
        }
        return true;
    }

    private Collection<Component> rest(NavigableMap<Place, Component> range) {
        return (place == null ? range : range.tailMap(place, false)).values();
    }

    private void add(Component component) {
        if (component.service() != service) {
            service = component.service();
            components = new ArrayList<>();
            services.add(new ServiceStatus(
                    service.relayPort(),
                    service.balance(),
                    Collections.unmodifiableList(components),
                    sharing.lostTerms(service)));
        }
        components.add(ComponentStatus.of(component, sharing.holders(component)));
    }

    /** The snapshot, when it is whole. */
    public Snapshot snapshot() {
        assert ranges.isEmpty() : "a part of a snapshot is taken for the whole";
        return new Snapshot(Collections.unmodifiableList(services));
    }

    /** The snapshot, whose rest is taken at once: for where there is little to show. */
    public Snapshot whole() {
        goOn(Integer.MAX_VALUE);
        return snapshot();
    }
}
