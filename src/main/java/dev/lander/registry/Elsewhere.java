package dev.lander.registry;

/**
 * What other Landers say of a component.
 *
 * @param bad one says that it is
 * @param heard one that checks it gets answers: it is not judged by silence
 * @param silent all that check it say that it owes answers
 * @param lastResort it is chosen only when nobody else can serve: the only one that knows whether it lives is gone
 * @param load its open relays or flows there
 * @param loadKnown whether all have had the time to tell their loads
 */
public record Elsewhere(boolean bad, boolean heard, boolean silent, boolean lastResort, int load, boolean loadKnown) {
    /** Nobody else says anything. */
    public static final Elsewhere NOTHING = new Elsewhere(false, false, false, false, 0, true);
}
