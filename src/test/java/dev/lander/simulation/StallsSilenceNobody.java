package dev.lander.simulation;

import dev.lander.registry.Component;
import dev.lander.registry.State;

/** Who answers every check in time is not silent, however long Lander stands still. */
final class StallsSilenceNobody extends Invariant {
    StallsSilenceNobody(Cast cast) {
        super(cast, "nobody is judged silent by a stall");
    }

    @Override
    void onChange() {
        cast.onLeaver();
    }

    @Override
    void onRegistered(Component component) {
        // Who comes is no leaver.
    }

    @Override
    void onStateChanged(Component component) {
        cast.onLeaver();
        if (component.state() == State.SILENT) {
            ServiceComponent actor = cast.component(component.address());
            check(actor == null || actor.isTroubled() || actor.missesChecks(), component.identity());
        }
    }
}
