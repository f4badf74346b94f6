package dev.lander.cluster;

import dev.lander.registry.Component;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.OwnMarks;
import dev.lander.registry.ServiceTerms;
import org.jspecify.annotations.Nullable;

/**
 * One Lander's word that a component is registered with it.
 *
 * @param registered when it registered there last
 * @param traits what it said of itself then
 * @param terms what its service had agreed on then
 * @param drained when its owner has asked to drain it; null = not since it registered
 * @param bad it has reported a state other than good
 */
record Hold(
        Stamp registered,
        ComponentTraits traits,
        ServiceTerms terms,
        @Nullable Stamp drained,
        boolean bad,
        Hearing hearing) {
    /** Of a component that has just registered. */
    static Hold of(Component component, Stamp registered) {
        return new Hold(registered, component.traits(), component.service().terms(), null, false, Hearing.UNCHECKED);
    }

    /** The same, with what has been found out since. */
    Hold with(OwnMarks marks) {
        Hearing now = marks.silent() ? Hearing.SILENT : marks.checked() ? Hearing.HEARD : Hearing.UNCHECKED;
        return new Hold(registered, traits, terms, drained, marks.bad(), now);
    }

    /** The same, drained. */
    Hold drainedAt(Stamp stamp) {
        return new Hold(registered, traits, terms, stamp, bad, hearing);
    }
}
