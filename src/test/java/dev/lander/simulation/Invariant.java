package dev.lander.simulation;

import dev.lander.admin.Sources;
import dev.lander.registry.Component;
import dev.lander.registry.Service;
import dev.lander.relay.FinishedRelay;

/** Something that holds in every run, whatever happens. It looks when it is told to. */
abstract class Invariant {
    final Cast cast;
    final World world;
    private final String sentence;

    Invariant(Cast cast, String sentence) {
        this.cast = cast;
        this.world = cast.world();
        this.sentence = sentence;
    }

    /** What holds. */
    final String sentence() {
        return sentence;
    }

    /** Lander has ended a turn. */
    void onTurn() {}

    /** All is quiet. */
    void onQuiet() {}

    /** Lander has ended this very moment. */
    void onStopped() {}

    /** Lander has ended, and what was on its way has arrived. */
    void onEnd() {}

    void onFinished(FinishedRelay relay) {}

    void onRegistered(Component component) {
        onChange();
    }

    void onLeft(Component component) {
        onChange();
    }

    void onStateChanged(Component component) {
        onChange();
    }

    void onBound(Service service) {}

    void onReleased(Service service) {}

    /** Who may be chosen has changed. */
    void onChange() {}

    final void check(boolean holds, Object what) {
        if (!holds) {
            throw world.violated("lander", sentence + ": " + what);
        }
    }

    final void check(boolean holds, String how, Object what) {
        if (!holds) {
            throw world.violated("lander", sentence + ": " + how + " " + what);
        }
    }

    final Sources state() {
        return cast.lander().state();
    }
}
