package dev.lander.relay.tcp;

import dev.lander.registry.RelayPort;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** How many connections each client address has open at the relay ports that limit it. */
final class ClientCounts {
    private record Key(RelayPort relayPort, InetAddress address) {}

    /** Only addresses that have any: no more than there are open relays. */
    private final Map<Key, Integer> open = new HashMap<>();

    int open(RelayPort relayPort, InetAddress address) {
        return open.getOrDefault(new Key(relayPort, address), 0);
    }

    void add(RelayPort relayPort, InetAddress address) {
        open.merge(new Key(relayPort, address), 1, Integer::sum);
    }

    void remove(RelayPort relayPort, InetAddress address) {
        Integer left =
                open.computeIfPresent(new Key(relayPort, address), (client, count) -> count == 1 ? null : count - 1);
        assert left == null || left > 0 : "an address has a negative number of connections";
    }
}
