package dev.lander.registry;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a link's peer reports of its components on one relay port. A report speaks for all of them, and a peer may send
 * one for each check of each: only those for which it is news are gone through.
 */
final class Reports {
    private final Set<Component> components = new LinkedHashSet<>();

    /** Those for which the last report, sent again, would be news: they came after it, or were sent a check since. */
    private final Set<Component> waiting = new LinkedHashSet<>();

    private boolean lastGood = true;

    void add(Component component) {
        components.add(component);
        waiting.add(component);
        component.checks().onDue(() -> waiting.add(component));
    }

    void remove(Component component) {
        components.remove(component);
        waiting.remove(component);
    }

    boolean isEmpty() {
        return components.isEmpty();
    }

    /** The peer reports the state of all components. */
    void report(Link link, boolean good) {
        for (Component component : good == lastGood ? waiting : components) {
            component.reported(good);
            link.onAnswered(component);
        }
        waiting.clear();
        lastGood = good;
    }
}
