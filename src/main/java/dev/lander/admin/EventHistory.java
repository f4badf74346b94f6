package dev.lander.admin;

import dev.lander.listing.ClusterEvent;
import dev.lander.listing.ClusterObserver;
import dev.lander.registry.Component;
import dev.lander.registry.Observer;
import dev.lander.registry.RegistryEvent;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.registry.State;
import dev.lander.text.Word;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The last events, and since when each component is in its state. Belongs to the reactor's thread. */
public final class EventHistory implements Observer, ClusterObserver {
    /** Older events are forgotten. */
    static final int MAX_EVENTS = 1_000;

    private final InstantSource time;
    private final ArrayDeque<Event> events = new ArrayDeque<>(MAX_EVENTS);

    /** Other threads read it, too: there may be too many to copy them in one turn. */
    private final Map<ComponentId, Long> stateSince = new ConcurrentHashMap<>();

    private long lastId;

    /** A copy for other threads, good until something happens. */
    private List<Event> eventsCopy = List.of();

    private boolean changed;

    /** A history whose events have their time from this source. */
    public EventHistory(InstantSource time) {
        this.time = time;
    }

    /** The last events, the oldest first. */
    List<Event> events() {
        if (changed) {
            changed = false;
            eventsCopy = List.copyOf(events);
        }
        return eventsCopy;
    }

    /** Since when each component is in its state, in milliseconds since 1970; a live view, for any thread. */
    Map<ComponentId, Long> stateSince() {
        return Collections.unmodifiableMap(stateSince);
    }

    @Override
    public void onRegistered(Component component) {
        stateSince.put(ComponentId.of(component), add(RegistryEvent.REGISTERED, component, ""));
    }

    @Override
    public void onTakenOver(Component component) {
        add(RegistryEvent.REGISTERED_AGAIN, component, "over another control connection");
    }

    @Override
    public void onLeft(Component component) {
        int open = component.active();
        add(RegistryEvent.LEFT, component, open == 0 ? "" : open + " relays are still open");
        stateSince.remove(ComponentId.of(component));
    }

    @Override
    public void onStateChanged(Component component, State before) {
        boolean back = component.state() == State.GOOD;
        long timeMs = back
                ? add(RegistryEvent.IN_ROTATION, component, "was " + before.word())
                : add(
                        RegistryEvent.OUT_OF_ROTATION,
                        component,
                        component.state().word());
        stateSince.put(ComponentId.of(component), timeMs);
    }

    @Override
    public void onBound(Service service) {
        add(RegistryEvent.PORT_BOUND, service.relayPort(), "", "");
    }

    @Override
    public void onBindFailed(RelayPort relayPort, String why) {
        add(RegistryEvent.BIND_FAILED, relayPort, "", why);
    }

    @Override
    public void onReleased(Service service) {
        add(RegistryEvent.PORT_CLOSED, service.relayPort(), "", "");
    }

    @Override
    public void onClusterEvent(ClusterEvent event, @Nullable RelayPort relayPort, String subject, String cause) {
        add(event, relayPort, subject, cause);
    }

    private long add(RegistryEvent event, Component component, String cause) {
        return add(event, component.service().relayPort(), component.name(), cause);
    }

    private long add(Word event, @Nullable RelayPort relayPort, String component, String cause) {
        if (events.size() == MAX_EVENTS) {
            events.removeFirst();
        }
        long timeMs = time.millis();
        lastId++;
        events.addLast(new Event(lastId, timeMs, event, relayPort, component, cause));
        changed = true;
        return timeMs;
    }
}
