package dev.lander.control;

import dev.lander.reactor.FaultHandler;
import dev.lander.registry.Component;
import dev.lander.registry.Link;
import java.net.InetAddress;
import java.util.function.Consumer;

/**
 * What is registered over one control connection, and lives as long as it is served: what becomes of it, and its
 * checks.
 */
final class Registrations implements Link {
    private final ControlContext context;
    private final InetAddress address;
    private final DrainWatch.Watcher watcher;
    private final HealthChecks healthChecks;

    /**
     * Of a connection of this peer's.
     *
     * @param owner ends when a check fails by a defect
     * @param watcher is told of components that drain
     * @param sendCheck sends the component a health check
     */
    Registrations(
            ControlContext context,
            InetAddress address,
            FaultHandler owner,
            DrainWatch.Watcher watcher,
            Consumer<Component> sendCheck) {
        this.context = context;
        this.address = address;
        this.watcher = watcher;
        this.healthChecks =
                new HealthChecks(context.checkIntervals(), context.settings().healthMisses(), owner, sendCheck);
    }

    @Override
    public InetAddress address() {
        return address;
    }

    @Override
    public void onRegistered(Component component) {
        healthChecks.start(component);
    }

    @Override
    public void onAnswered(Component component) {
        healthChecks.onAnswered(component);
    }

    @Override
    public void onLeft(Component component) {
        healthChecks.stop(component);
    }

    @Override
    public void onTakenOver(Component component) {
        healthChecks.stop(component);
        if (component.isHeld()) {
            context.drainWatches().remove(component, watcher); // operators are told on
        } else {
            context.drainWatches().end(component);
        }
    }

    @Override
    public void onSlowStart(Component component) {
        context.slowStarts().begin(component);
    }

    @Override
    public void onDraining(Component component) {
        context.drainWatches().add(component, watcher);
    }

    /** Whether all that ever answered has been silent for too long: then nobody is there. */
    boolean areAbandoned() {
        return healthChecks.isAbandoned();
    }

    /** All of them end. */
    void end() {
        healthChecks.stopAll();
        context.registry().disconnect(this);
    }
}
