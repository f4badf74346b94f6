package dev.lander.relay.tls;

import java.util.List;
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
}
