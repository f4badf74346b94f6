package dev.lander.control;

import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** All draining components of which somebody is told how many relays and flows are still open. */
final class DrainWatches {
    private final Reactor reactor;
    private final Map<Component, DrainWatch> watches = new LinkedHashMap<>();

    DrainWatches(Reactor reactor) {
        this.reactor = reactor;
    }

    /** Tells the watcher of the draining component from now on. */
    void add(Component component, DrainWatch.Watcher watcher) {
        watches.computeIfAbsent(
                        component, absent -> new DrainWatch(reactor, component, () -> watches.remove(component)))
                .add(watcher);
    }

    /** The component serves again: nothing more is told of it. */
    void end(Component component) {
        DrainWatch watch = watches.get(component);
        if (watch != null) {
            watch.end();
        }
    }

    /** The watcher is told of the component no more. */
    void remove(Component component, DrainWatch.Watcher watcher) {
        DrainWatch watch = watches.get(component);
        if (watch != null) {
            watch.remove(watcher);
        }
    }

    /** The watcher is told of nothing more. */
    void forget(DrainWatch.Watcher watcher) {
        for (DrainWatch watch : new ArrayList<>(watches.values())) {
            watch.remove(watcher);
        }
    }
}
