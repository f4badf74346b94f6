package dev.lander.registry;

import dev.lander.text.TreeWriter;

/** A route as fields of whatever is shown of its service, said once for all of it. */
public final class RouteTree {
    private RouteTree() {}

    /** How many fields {@link #write} writes. */
    public static int fields(Route route) {
        return (route.serverNames().isEmpty() ? 0 : 1) + (route.alpn().isEmpty() ? 0 : 1);
    }

    /** Writes what a register had of {@code server_names} and {@code alpn}. */
    public static <E extends Exception> void write(Route route, TreeWriter<E> out) throws E {
        if (!route.serverNames().isEmpty()) {
            out.texts("server_names", route.serverNames());
        }
        if (!route.alpn().isEmpty()) {
            out.texts("alpn", route.alpn());
        }
    }
}
