package dev.lander.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** The table that tells a port's clients apart does what its rule says, by whatever way it has come about. */
@PropertyDefaults(edgeCases = EdgeCasesMode.NONE)
class RoutesPropertiesTest {
    private static final List<String> NAMES =
            List.of("a.x", "b.x", "*.x", "a.b.x", "*.b.x", "x", "*.a.b.x", "A.X", "*.B.x");
    private static final List<String> ASKED =
            List.of("a.x", "b.x", "c.x", "x", "a.b.x", "c.b.x", "c.c.x", "y", "", ".");
    private static final List<String> PROTOCOLS = List.of("h2", "http/1.1", "imap");

    /** One change of the table: what has this route comes, or goes. */
    record Change(Route route, boolean comes) {}

    @Property(tries = 1000)
    void whoServesIsWhoseRouteSaysItBest(
            @ForAll("changes") List<Change> changes,
            @ForAll("asked") @Nullable String name,
            @ForAll("protocols") List<String> offered) {
        Routes<Route> routes = new Routes<>();
        List<Route> model = new ArrayList<>();
        for (Change change : changes) {
            Route route = change.route;
            boolean clashes = model.stream().anyMatch(other -> !other.equals(route) && overlap(other, route));
            assertEquals(clashes, routes.clash(route) != null);
            if (change.comes && !clashes && !model.contains(route)) {
                model.add(route);
                routes.put(route, route);
            } else if (!change.comes && model.remove(route)) {
                routes.remove(route);
            }
            assertEquals(model, List.copyOf(routes.values()));
            assertEquals(best(model, name, offered), routes.find(name, offered));
        }
        assertEquals(model.stream().anyMatch(route -> !route.isEverybody()), routes.needHello());
        model.forEach(routes::remove);
        assertTrue(routes.isEmpty());
        assertNull(routes.find(name, offered));
    }

    /** By the rule as it stands in the manual, and not by how the table looks it up. */
    private static @Nullable Route best(List<Route> model, @Nullable String name, List<String> offered) {
        Route best = null;
        int bestRank = Integer.MAX_VALUE;
        for (Route route : model) {
            int rank = nameRank(route, name) * 100 + protocolRank(route, offered);
            if (nameRank(route, name) < 9 && protocolRank(route, offered) < 99 && rank < bestRank) {
                best = route;
                bestRank = rank;
            }
        }
        return best;
    }

    private static int nameRank(Route route, @Nullable String name) {
        if (route.serverNames().isEmpty()) {
            return 2;
        } else if (name == null) {
            return 9;
        } else if (route.serverNames().contains(name)) {
            return 0;
        }
        boolean fits = route.serverNames().stream()
                .anyMatch(wild -> wild.startsWith("*.")
                        && name.endsWith(wild.substring(1))
                        && name.indexOf('.') == name.length() - wild.length() + 1);
        return fits ? 1 : 9;
    }

    private static int protocolRank(Route route, List<String> offered) {
        if (route.alpn().isEmpty()) {
            return 50;
        }
        for (int i = 0; i < offered.size(); i++) {
            if (route.alpn().contains(offered.get(i))) {
                return i;
            }
        }
        return 99;
    }

    private static boolean overlap(Route one, Route other) {
        return overlap(one.serverNames(), other.serverNames()) && overlap(one.alpn(), other.alpn());
    }

    private static boolean overlap(List<String> one, List<String> other) {
        return one.isEmpty() ? other.isEmpty() : one.stream().anyMatch(other::contains);
    }

    @Property
    void orderAndCaseMakeNoDifference(@ForAll("route") Route route) {
        List<String> names = new ArrayList<>(route.serverNames());
        Collections.reverse(names);
        names.replaceAll(name -> name.toUpperCase(Locale.ROOT));
        names.addAll(route.serverNames());
        Route again = Route.of(names, List.copyOf(Set.copyOf(route.alpn())));
        assertEquals(route, again);
        assertEquals(route.hashCode(), again.hashCode());
        assertEquals(route.toString(), again.toString());
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(
                        route(),
                        Arbitraries.frequencyOf(
                                Tuple.of(3, Arbitraries.just(true)), Tuple.of(1, Arbitraries.just(false))))
                .as(Change::new)
                .list()
                .ofMaxSize(20);
    }

    @Provide
    Arbitrary<Route> route() {
        return Combinators.combine(
                        Arbitraries.of(NAMES).list().ofMaxSize(3),
                        Arbitraries.of(PROTOCOLS).list().ofMaxSize(2))
                .as(Route::of);
    }

    @Provide
    Arbitrary<String> asked() {
        return Arbitraries.of(ASKED).injectNull(0.1);
    }

    @Provide
    Arbitrary<List<String>> protocols() {
        return Arbitraries.of("h2", "http/1.1", "imap", "other")
                .list()
                .uniqueElements()
                .ofMaxSize(4);
    }
}
