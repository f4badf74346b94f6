package dev.lander.registry;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who serves whom at one relay port. An exact name goes before a wildcard, and that before no name; among services of
 * the same name, the client's most preferred protocol that one of them asks for goes before no protocol.
 *
 * @param <T> what has a route
 */
public final class Routes<T> {
    /** Stands for any name or protocol, or none: no real one is empty. */
    private static final String ANY = "";

    /**
     * What two routes have in common.
     *
     * @param serverName empty = they have no names
     * @param protocol empty = they have no protocols
     * @param other what has the other route
     */
    public record Clash<T>(String serverName, String protocol, T other) {
        /** As it is shown. */
        public String common() {
            String name = serverName.isEmpty() ? "" : "server_names: " + serverName;
            return name + (protocol.isEmpty() ? "" : (name.isEmpty() ? "" : " with ") + "alpn: " + protocol);
        }
    }

    private final Map<Route, T> all = new LinkedHashMap<>();

    /** By name, and then by protocol. */
    private final Map<String, Map<String, T>> byName = new HashMap<>();

    /** Whoever has the route; null = nobody. */
    public @Nullable T get(Route route) {
        return all.get(route);
    }

    /** All, in the order in which they came. */
    public Collection<T> values() {
        return Collections.unmodifiableCollection(all.values());
    }

    /** Whether nothing has a route. */
    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** Nothing has a route any more. */
    public void clear() {
        all.clear();
        byName.clear();
    }

    /** Whether a client's first message decides: some route asks for something. */
    public boolean needHello() {
        return all.size() > 1 || (all.size() == 1 && !all.containsKey(Route.EVERYBODY));
    }

    /** This has the route from now on; nothing {@link #clash}es with it. */
    public void put(Route route, T one) {
        all.put(route, one);
        for (String name : orAny(route.serverNames())) {
            Map<String, T> ofName = byName.computeIfAbsent(name, absent -> new HashMap<>());
            for (String protocol : orAny(route.alpn())) {
                ofName.put(protocol, one);
            }
        }
    }

    /** Nothing has the route any more. */
    public void remove(Route route) {
        all.remove(route);
        for (String name : orAny(route.serverNames())) {
            Map<String, T> ofName = byName.get(name);
            if (ofName == null) {
                continue;
            }
            orAny(route.alpn()).forEach(ofName::remove);
            if (ofName.isEmpty()) {
                byName.remove(name);
            }
        }
    }

    /**
     * What the route has in common with another one, though they are not equal: the same client could be meant by both.
     *
     * @return null when they have nothing in common
     */
    public @Nullable Clash<T> clash(Route route) {
        for (String name : orAny(route.serverNames())) {
            Map<String, T> ofName = byName.getOrDefault(name, Map.of());
            for (String protocol : orAny(route.alpn())) {
                T other = ofName.get(protocol);
                if (other != null && other != all.get(route)) {
                    return new Clash<>(name, protocol, other);
                }
            }
        }
        return null;
    }

    /**
     * Who serves a client.
     *
     * @param serverName that it asks for, in lower case; null = none
     * @param protocols that it offers, the preferred first
     * @return null when nobody does
     */
    public @Nullable T find(@Nullable String serverName, List<String> protocols) {
        if (serverName != null) {
            T exact = offered(byName.get(serverName), protocols);
            if (exact != null) {
                return exact;
            }
            T wild = offered(byName.get(Route.wildcardFor(serverName)), protocols);
            if (wild != null) {
                return wild;
            }
        }
        return offered(byName.get(ANY), protocols);
    }

    private static <T> @Nullable T offered(@Nullable Map<String, T> ofName, List<String> protocols) {
        if (ofName == null) {
            return null;
        }
        for (String protocol : protocols) {
            T one = ofName.get(protocol);
            if (one != null) {
                return one;
            }
        }
        return ofName.get(ANY);
    }

    private static List<String> orAny(List<String> words) {
        return words.isEmpty() ? List.of(ANY) : words;
    }
}
