package dev.lander.relay;

import dev.lander.registry.RelayPort;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** How many connections each client address has open at the relay ports that limit it. */
public final class ClientCounts {
    private record Client(RelayPort relayPort, InetAddress address) {}

    /** Only those who have any: no more than there are open relays. */
    private final Map<Client, Integer> open = new HashMap<>();

    public int open(RelayPort relayPort, InetAddress address) {
        return open.getOrDefault(new Client(relayPort, address), 0);
    }

    public void opened(RelayPort relayPort, InetAddress address) {
        open.merge(new Client(relayPort, address), 1, Integer::sum);
    }

    public void closed(RelayPort relayPort, InetAddress address) {
        open.computeIfPresent(new Client(relayPort, address), (client, count) -> count == 1 ? null : count - 1);
    }
}
