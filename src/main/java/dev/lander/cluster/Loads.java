package dev.lander.cluster;

import dev.lander.registry.Balance;
import dev.lander.registry.Component;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many relays and flows each member has open to components for which it matters: those with
 * {@code max_connections}, those that drain, and where the policy compares them.
 */
final class Loads {
    /** What others have told. */
    private final Map<Identity, Map<MemberId, Integer>> told = new HashMap<>();

    /** A component for which it matters. */
    private static final class Watched {
        final Component component;

        /** Looks since it matters. */
        int looks;

        Watched(Component component) {
            this.component = component;
        }
    }

    /** After so many looks all others have had the time to hear that it matters, and to tell. */
    private static final int LOOKS_UNTIL_KNOWN = 4;

    private Runnable listener = () -> {};

    private final Map<Identity, Watched> watched = new HashMap<>();

    /** What this member has told of each; what is 0 is not in it. */
    private final Map<Identity, Integer> own = new HashMap<>();

    /** Runs the listener whenever it begins to matter for a component. */
    void onAdded(Runnable hears) {
        listener = hears;
    }

    /** Whether there is nothing to tell. */
    boolean isEmpty() {
        return watched.isEmpty() && own.isEmpty();
    }

    /** The component's settled; whether it matters may have changed. */
    void watch(Identity identity, Component component) {
        Balance balance = component.service().balance();
        boolean matters = component.traits().maxConnections() > 0
                || component.isDraining()
                || balance == Balance.LEASTCONN
                || balance == Balance.RANDOM;
        Watched before = watched.get(identity);
        if (!matters) {
            watched.remove(identity);
        } else if (before == null || before.component != component) {
            watched.put(identity, new Watched(component));
            listener.run();
        }
    }

    /** Whether all others have had the time to tell their loads of this component. */
    boolean isKnown(Identity identity) {
        Watched one = watched.get(identity);
        return one != null && one.looks >= LOOKS_UNTIL_KNOWN;
    }

    /** The component is registered nowhere. */
    void forget(Identity identity) {
        told.remove(identity);
        watched.remove(identity);
        own.remove(identity);
    }

    /**
     * Tells what has changed since the last time.
     *
     * @return those of which all is known from now on
     */
    List<Identity> tell(Outbox outbox) {
        List<Identity> known = new ArrayList<>();
        watched.forEach((identity, one) -> {
            one.looks++;
            if (one.looks == LOOKS_UNTIL_KNOWN) {
                known.add(identity);
            }
            int active = one.component.active();
            Integer before = active == 0 ? own.remove(identity) : own.put(identity, active);
            if ((before == null ? 0 : before) != active) {
                outbox.add(new News.Load(identity, active));
            }
        });
        own.keySet().removeIf(identity -> {
            boolean isOver = !watched.containsKey(identity);
            if (isOver) {
                outbox.add(new News.Load(identity, 0));
            }
            return isOver;
        });
        return known;
    }

    /** Tells all, to somebody who may know nothing. */
    void tellAll(Outbox outbox) {
        own.forEach((identity, active) -> outbox.add(new News.Load(identity, active)));
    }

    /** Another has told. */
    void hear(MemberId member, Identity identity, int active) {
        if (active > 0) {
            told.computeIfAbsent(identity, absent -> new HashMap<>()).put(member, active);
            return;
        }
        Map<MemberId, Integer> ofComponent = told.get(identity);
        if (ofComponent != null) {
            ofComponent.remove(member);
            if (ofComponent.isEmpty()) {
                told.remove(identity);
            }
        }
    }

    /** The member is lost, and its relays with it; says of which components it had some. */
    List<Identity> lose(MemberId member) {
        List<Identity> lost = new ArrayList<>();
        told.forEach((identity, ofComponent) -> {
            if (ofComponent.remove(member) != null) {
                lost.add(identity);
            }
        });
        return lost;
    }

    /** What the others have open to the component, as far as they have told. */
    int elsewhere(Identity identity) {
        int sum = 0;
        for (int active : told.getOrDefault(identity, Map.of()).values()) {
            sum += active;
        }
        return sum;
    }
}
