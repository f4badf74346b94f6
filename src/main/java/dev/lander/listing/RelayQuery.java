package dev.lander.listing;

import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import org.jspecify.annotations.Nullable;

/**
 * A question for a page of what is open.
 *
 * @param protocol of this one only; null = of both
 * @param relayPort at this port only; 0 = at all
 * @param component of the components with this name or {@code address:port} only; null = of all
 * @param after where to begin: {@link RelayPage#next} of the page before; 0 = at the beginning
 */
public record RelayQuery(
        @Nullable Protocol protocol,
        int relayPort,
        @Nullable String component,
        int after) {
    /** Everything, from the beginning. */
    public static final RelayQuery ALL = new RelayQuery(null, 0, null, 0);

    /** Whether what is open there is asked for. */
    public boolean includes(Protocol one) {
        return protocol == null || protocol == one;
    }

    /**
     * Whether this is asked for.
     *
     * @param server null = none was found yet
     */
    public boolean includes(RelayPort port, @Nullable Component server) {
        if (relayPort != 0 && relayPort != port.number()) {
            return false;
        }
        return component == null
                || (server != null && (component.equals(server.name()) || component.equals(server.identity())));
    }
}
