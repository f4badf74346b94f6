package dev.lander.control;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Tells its watchers how many relays and flows of a draining component are still open: at once, and whenever the number
 * has changed, at most once in {@link #PAUSE}, until it is 0. Where several Landers share the component, those of all
 * of them count.
 */
final class DrainWatch {
    /** Wants to know; ends when it can't be told. */
    interface Watcher extends FaultHandler {
        /** The draining component still has this many relays or flows. */
        void sendDrainProgress(Component component, int active);
    }

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Reactor reactor;
    private final Component component;
    private final Runnable onEnd;
    private final Deadline pause;
    private final Set<Watcher> watchers = new LinkedHashSet<>();

    /** What the watchers know. */
    private int told = -1;

    /** It will be told at this turn's end. */
    private boolean scheduled;

    private boolean ended;

    /**
     * Of a component that drains.
     *
     * @param onEnd runs when there is nothing more to tell
     */
    DrainWatch(Reactor reactor, Component component, Runnable onEnd) {
        this.reactor = reactor;
        this.component = component;
        this.onEnd = onEnd;
        this.pause = reactor.deadlines(PAUSE).create(this::tell);
        component.onActiveChanged(this::onActiveChanged);
    }

    /** Tells the connection from now on, now first. */
    void add(Watcher watcher) {
        watchers.add(watcher);
        int load = component.load();
        if (isProvisional(load)) {
            return;
        }
        watcher.sendDrainProgress(component, load);
        if (watchers.size() == 1) {
            told = load;
            pause.start();
        }
        if (told == 0) {
            end();
        }
    }

    /** The connection has ended. */
    void remove(Watcher watcher) {
        watchers.remove(watcher);
        if (watchers.isEmpty()) {
            end();
        }
    }

    /** Nothing more is told: the component serves again. */
    void end() {
        ended = true;
        pause.stop();
        component.onActiveChanged(null);
        onEnd.run();
    }

    /** Other Landers may have some that they have not told yet, and who is told 0 stops. */
    private boolean isProvisional(int load) {
        return load == 0 && !component.isLoadKnown();
    }

    private void onActiveChanged() {
        if (!pause.isStarted()) {
            schedule();
        }
    }

    /** A relay that is being closed must not be disturbed by what sending may bring about. */
    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            reactor.atTurnEnd(this::tell);
        }
    }

    private void tell() {
        scheduled = false;
        int active = component.load();
        if (ended || active == told || isProvisional(active)) {
            return;
        }
        told = active;
        pause.start();
        for (Watcher watcher : new ArrayList<>(watchers)) {
            try {
                watcher.sendDrainProgress(component, active);
            } catch (RuntimeException defect) {
                reactor.contain(watcher, defect); // the others are told all the same
            }
        }
        if (active == 0) {
            end();
        }
    }
}
