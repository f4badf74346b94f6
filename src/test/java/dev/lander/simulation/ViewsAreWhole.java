package dev.lander.simulation;

import dev.lander.registry.Component;
import dev.lander.registry.Snapshot;
import dev.lander.registry.SnapshotWalk;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A view is taken in as small portions as can be, while components come and leave. */
final class ViewsAreWhole extends Invariant {
    /** Turns between two portions, so that something happens meanwhile. */
    private static final int TURNS = 50;

    private final Set<String> registered = new LinkedHashSet<>();

    /** Those that were there when the view began, and are still. */
    private final Set<String> expected = new LinkedHashSet<>();

    /** Those that were there when the view began. */
    private Set<String> possible = Set.of();

    private @Nullable SnapshotWalk walk;
    private int turns;

    ViewsAreWhole(Cast cast) {
        super(cast, "a view shows once who is registered from its begin to its end, and nobody who came later");
    }

    @Override
    void onRegistered(Component component) {
        registered.add(key(component));
    }

    @Override
    void onLeft(Component component) {
        registered.remove(key(component));
        expected.remove(key(component));
    }

    @Override
    void onTurn() {
        turns++;
        if (turns % TURNS != 0) {
            return;
        }
        SnapshotWalk begun = walk;
        if (begun == null) {
            walk = state().registry().walk();
            expected.addAll(registered);
            possible = Set.copyOf(registered);
        } else if (begun.goOn(1)) {
            check(begun.snapshot());
            walk = null;
            expected.clear();
        }
    }

    private void check(Snapshot snapshot) {
        List<String> shown = new ArrayList<>();
        for (Snapshot.ServiceStatus service : snapshot.services()) {
            for (Snapshot.ComponentStatus component : service.components()) {
                shown.add(key(service.relayPort(), component.host(), component.port()));
            }
        }
        check(Set.copyOf(shown).size() == shown.size(), "twice in", shown);
        check(shown.containsAll(expected), shown + " are shown, not", expected);
        check(possible.containsAll(shown), shown + " are shown, of", possible);
    }

    private static String key(Component component) {
        String host = component.address().getAddress().getHostAddress();
        return key(component.service().relayPort(), host, component.address().getPort());
    }

    private static String key(Object relayPort, String host, int port) {
        return relayPort + " " + host + ":" + port;
    }
}
