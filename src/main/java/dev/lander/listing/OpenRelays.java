package dev.lander.listing;

import dev.lander.reactor.FaultHandler;

/** Knows what is open. Only for the reactor's thread. */
public interface OpenRelays {
    /** Somebody who has asked. */
    interface Asker extends FaultHandler {
        /** The answer. */
        void onPage(RelayPage page);
    }

    /**
     * Answers, now or soon: the work of each turn is bounded, however much is open and however many ask.
     *
     * @param asker has no other question that is not answered yet
     */
    void ask(RelayQuery query, Asker asker);

    /** The asker needs no answer any more. */
    void forget(Asker asker);
}
