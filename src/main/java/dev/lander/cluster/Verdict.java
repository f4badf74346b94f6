package dev.lander.cluster;

import dev.lander.registry.ComponentTraits;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What all holds of a component together mean. A function of the set of holds alone, so that members that know the same
 * holds agree, in whatever order they have heard of them.
 *
 * @param traits those of the latest registration
 * @param drained the latest drain, if no registration is later; null = it is not drained
 */
record Verdict(ComponentTraits traits, @Nullable Stamp drained) {
    /** @param holds at least one */
    static Verdict of(Collection<Hold> holds) {
        Hold latest = null;
        Stamp drained = null;
        for (Hold hold : holds) {
            if (latest == null || hold.registered().isAfter(latest.registered())) {
                latest = hold;
            }
            Stamp asked = hold.drained();
            if (asked != null && (drained == null || asked.isAfter(drained))) {
                drained = asked;
            }
        }
        if (latest == null) {
            throw new IllegalArgumentException("nobody holds it");
        }
        boolean stands = drained != null && drained.isAfter(latest.registered());
        return new Verdict(latest.traits(), stands ? drained : null);
    }

    boolean isDraining() {
        return drained != null;
    }
}
