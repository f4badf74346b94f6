package dev.lander.registry;

import java.util.function.Consumer;

/** A component's health checks: who has not answered before is not judged by silence. */
public final class Checks {
    private final Consumer<Consumer<Health>> mark;
    private final Health health;
    private Runnable listener = () -> {};

    Checks(Consumer<Consumer<Health>> mark, Health health) {
        this.mark = mark;
        this.health = health;
    }

    /** One is about to be sent; this many unanswered ones in a row take the component out of rotation. */
    public void due(int misses) {
        mark.accept(marks -> marks.checkDue(misses));
        listener.run();
    }

    /** Whether it answers checks at all. */
    public boolean everAnswered() {
        return health.everAnswered();
    }

    /** Whether it has answered before and now owes at least this many answers. */
    public boolean owesAnswers(long checks) {
        return health.owesAnswers(checks);
    }

    /** The listener hears of each that is due from now on. */
    void onDue(Runnable hears) {
        listener = hears;
    }
}
