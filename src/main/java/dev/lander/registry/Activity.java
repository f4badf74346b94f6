package dev.lander.registry;

import org.jspecify.annotations.Nullable;

/** How many relays or flows a component has open. */
final class Activity {
    private int here;

    /** Those of other Landers. */
    private int elsewhere;

    private boolean allKnown = true;

    /** Told when {@link #here} changes; null = nobody. */
    private @Nullable Runnable listener;

    int here() {
        return here;
    }

    int everywhere() {
        return here + elsewhere;
    }

    void onChanged(@Nullable Runnable hears) {
        listener = hears;
    }

    /** One more or less is open here. */
    void add(int difference) {
        here += difference;
        assert here >= 0 : "more have ended than begun";
    }

    /** Others have told; whether that is news. */
    boolean setElsewhere(Elsewhere said) {
        boolean isNews = said.load() != elsewhere || said.loadKnown() != allKnown;
        elsewhere = said.load();
        allKnown = said.loadKnown();
        return isNews;
    }

    /** Whether all others have had the time to tell. */
    boolean isAllKnown() {
        return allKnown;
    }

    /** Tells the listener. */
    void tell() {
        if (listener != null) {
            listener.run();
        }
    }
}
