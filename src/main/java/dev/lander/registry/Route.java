package dev.lander.registry;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Which clients of a relay port a service serves: those that ask for one of its server names and offer one of its
 * application protocols, in the first message of TLS. What is empty is asked of nobody. Two routes are equal when they
 * have the same names and protocols, in whatever order they were given.
 */
public final class Route {
    /** The first label of a name that stands for any one label. */
    private static final String WILDCARD = "*.";

    private static final Comparator<String> EXACT_FIRST = Comparator.<String, Boolean>comparing(
                    name -> name.startsWith(WILDCARD))
            .thenComparing(Comparator.naturalOrder());

    /** Of a service that serves everybody for whom there is no other. */
    public static final Route EVERYBODY = new Route(List.of(), List.of());

    private final List<String> serverNames;
    private final List<String> alpn;
    private final int hash;

    private Route(Collection<String> serverNames, Collection<String> alpn) {
        this.serverNames = serverNames.stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .distinct()
                .sorted(EXACT_FIRST)
                .toList();
        this.alpn = alpn.stream().distinct().sorted().toList();
        this.hash = 31 * this.serverNames.hashCode() + this.alpn.hashCode();
    }

    /**
     * A route.
     *
     * @param serverNames names as they are on the wire, in any case; with {@code *} as the first label, any one label
     *     is meant
     * @param alpn names of application protocols
     */
    public static Route of(Collection<String> serverNames, Collection<String> alpn) {
        return new Route(serverNames, alpn);
    }

    /** In lower case, exact ones first; empty = any, or none. */
    public List<String> serverNames() {
        return serverNames;
    }

    /** Names of application protocols; empty = any, or none. */
    public List<String> alpn() {
        return alpn;
    }

    /** Whether nothing is asked of a client. */
    public boolean isEverybody() {
        return serverNames.isEmpty() && alpn.isEmpty();
    }

    /** The name for which one with a wildcard in place of its first label stands. */
    static String wildcardFor(String serverName) {
        int end = serverName.indexOf('.');
        return end < 0 ? "" : "*" + serverName.substring(end);
    }

    @Override
    public boolean equals(Object other) {
        return other == this
                || (other instanceof Route route
                        && hash == route.hash
                        && serverNames.equals(route.serverNames)
                        && alpn.equals(route.alpn));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /**
     * As it is shown behind a port: the first name or protocol, and how many more there are. That is enough to tell the
     * services of a port apart, which have none in common.
     */
    @Override
    public String toString() {
        if (isEverybody()) {
            return "";
        }
        return "#" + shownNames() + (alpn.isEmpty() ? "" : "(" + shownProtocols() + ")");
    }

    /** The first name, and how many more there are; empty when there are none. */
    public String shownNames() {
        return firstOf(serverNames);
    }

    /** The first protocol, and how many more there are; empty when there are none. */
    public String shownProtocols() {
        return firstOf(alpn);
    }

    private static String firstOf(List<String> words) {
        if (words.isEmpty()) {
            return "";
        }
        return words.get(0) + (words.size() == 1 ? "" : ",+" + (words.size() - 1));
    }
}
