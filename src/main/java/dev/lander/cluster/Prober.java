package dev.lander.cluster;

import dev.lander.registry.Component;
import java.util.function.Consumer;

/** Finds out whether a TCP component can be connected to. */
@FunctionalInterface
public interface Prober {
    /**
     * Tries to connect once.
     *
     * @param result told later, or at once, whether the connection stood
     */
    void probe(Component component, Consumer<Boolean> result);
}
