package dev.lander.registry;

import java.util.function.Consumer;

/** A component's health checks: who has not answered before is not judged by silence. */
public final class Checks {
    private final Component component;
    private final Health health;
    private Consumer<Component> listener = component -> {};

    Checks(Component component, Health health) {
        this.component = component;
        this.health = health;
    }

    /** One is about to be sent; this many unanswered ones in a row take the component out of rotation. */
    public void due(int misses) {
        component.mark(marks -> marks.checkDue(misses));
        listener.accept(component);
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
    void onDue(Consumer<Component> hears) {
        listener = hears;
    }
}
