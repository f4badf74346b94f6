package dev.lander.relay.tls;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a client says first of what it wants. With encrypted client hello (ECH) it is the outer one, which names the
 * public server.
 *
 * @param serverName in lower case, as it is on the wire (IDNA's A-labels), without a dot at its end; null = none is
 *     asked for
 * @param protocols the application protocols that it offers (ALPN), the preferred first; empty = none
 */
public record ClientHello(@Nullable String serverName, List<String> protocols) {
    /** Of a client that names nothing. */
    static final ClientHello PLAIN = new ClientHello(null, List.of());

    /** Of a client that asks for this server, with a dot at its end or not, and in letters of any case. */
    public static ClientHello of(@Nullable String name, List<String> protocols) {
        return new ClientHello(name == null ? null : plain(name), List.copyOf(protocols));
    }

    /** Whether it neither asks for a server nor offers a protocol. */
    public boolean isEmpty() {
        return serverName == null && protocols.isEmpty();
    }

    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
