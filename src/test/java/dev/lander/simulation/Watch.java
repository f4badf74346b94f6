package dev.lander.simulation;

import dev.lander.registry.Component;
import dev.lander.registry.Observer;
import dev.lander.registry.RegistryEvent;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.registry.State;
import dev.lander.relay.AccessLog;
import dev.lander.relay.FinishedRelay;
import java.util.List;
import java.util.function.Function;

/** Hears what Lander says of itself, and tells the trace, the count of what was reached and the invariants. */
final class Watch implements Observer, AccessLog {
    /** More than any run takes. */
    private static final int MOST_TURNS = 3_000_000;

    /** More than any run has ahead of it. */
    private static final int MOST_EVENTS = 300_000;

    private final Cast cast;
    private final World world;
    private final Splicing splicing;
    private final Reached reached;
    private final List<Invariant> invariants;
    private int turns;

    /** @param whatHolds the invariants of a run */
    Watch(Cast cast, Splicing splicing, Function<Cast, List<Invariant>> whatHolds) {
        this.cast = cast;
        this.world = cast.world();
        this.splicing = splicing;
        this.reached = cast.reached();
        this.invariants = whatHolds.apply(cast);
    }

    /** Lander has ended a turn. */
    void onTurn() {
        world.rethrow();
        turns++;
        if (turns > MOST_TURNS || world.timeline().size() > MOST_EVENTS) {
            throw world.violated(
                    "simulation",
                    "a run takes at most " + MOST_TURNS + " turns and has at most " + MOST_EVENTS + " events ahead");
        }
        for (Invariant invariant : invariants) {
            invariant.onTurn();
        }
    }

    /** All clients have stopped, and what was under way has come to its end. */
    void onQuiet() {
        invariants.forEach(Invariant::onQuiet);
    }

    /** Lander has ended this very moment. */
    void onStopped() {
        world.rethrow();
        invariants.forEach(Invariant::onStopped);
    }

    /** Lander has ended, and what was on its way has arrived. */
    void onEnd() {
        invariants.forEach(Invariant::onEnd);
        reached.onRunEnded(cast.lander().state().metrics());
        reached.onPipes(splicing.counts());
    }

    @Override
    public void finished(FinishedRelay relay) {
        world.trace(
                "lander",
                "has finished " + relay.service() + " of " + relay.client() + " by " + relay.component() + ": "
                        + relay.end().word() + " in=" + relay.bytesIn() + " out=" + relay.bytesOut());
        reached.onEnd(relay.end());
        invariants.forEach(invariant -> invariant.onFinished(relay));
    }

    @Override
    public void onRegistered(Component component) {
        on(RegistryEvent.REGISTERED, "", component);
        invariants.forEach(invariant -> invariant.onRegistered(component));
    }

    @Override
    public void onTakenOver(Component component) {
        on(RegistryEvent.REGISTERED_AGAIN, "", component);
        invariants.forEach(Invariant::onChange);
    }

    @Override
    public void onLeft(Component component) {
        on(RegistryEvent.LEFT, "", component);
        invariants.forEach(invariant -> invariant.onLeft(component));
    }

    @Override
    public void onStateChanged(Component component, State before) {
        boolean good = component.state() == State.GOOD;
        on(
                good ? RegistryEvent.IN_ROTATION : RegistryEvent.OUT_OF_ROTATION,
                before.word() + " to " + component.state().word(),
                component);
        reached.onStateChanged(before, component.state());
        invariants.forEach(invariant -> invariant.onStateChanged(component));
    }

    @Override
    public void onBound(Service service) {
        on(RegistryEvent.PORT_BOUND, service.relayPort());
        invariants.forEach(invariant -> invariant.onBound(service));
    }

    @Override
    public void onBindFailed(RelayPort relayPort, String why) {
        on(RegistryEvent.BIND_FAILED, why);
    }

    @Override
    public void onReleased(Service service) {
        on(RegistryEvent.PORT_CLOSED, service.relayPort());
        invariants.forEach(invariant -> invariant.onReleased(service));
    }

    private void on(RegistryEvent event, String how, Component component) {
        on(event, component.service().relayPort() + " " + component.identity() + (how.isEmpty() ? "" : " " + how));
    }

    private void on(RegistryEvent event, Object what) {
        world.trace("lander", event.word() + " " + what);
        reached.onEvent(event);
    }
}
