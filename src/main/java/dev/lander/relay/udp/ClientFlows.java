package dev.lander.relay.udp;

import dev.lander.registry.Service;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The clients, addresses with a port, that have open flows at a relay port which limits how many an address may have.
 * Further flows of such a client, to other components, don't count.
 */
final class ClientFlows {
    private final int limit;

    /** Open flows of each client; only clients that have any. */
    private final Map<InetSocketAddress, Integer> flows = new HashMap<>();

    /** How many clients of {@link #flows} have this address. */
    private final Map<InetAddress, Integer> clients = new HashMap<>();

    private ClientFlows(int limit) {
        this.limit = limit;
    }

    /** Within the service's limit; null = it has none. */
    static @Nullable ClientFlows of(Service service) {
        int limit = service.maxPerClient();
        return limit == Service.UNLIMITED ? null : new ClientFlows(limit);
    }

    /** Whether the client has an open flow, or may have one. */
    boolean admits(InetSocketAddress client) {
        return clients.getOrDefault(client.getAddress(), 0) < limit || flows.containsKey(client);
    }

    /** The client has one more open flow. */
    void add(InetSocketAddress client) {
        if (flows.merge(client, 1, Integer::sum) == 1) {
            clients.merge(client.getAddress(), 1, Integer::sum);
        }
    }

    /** The client has one open flow less. */
    void remove(InetSocketAddress client) {
        if (decrement(flows, client)) {
            decrement(clients, client.getAddress());
        }
    }

    /** Whether it was the last. */
    private static <K> boolean decrement(Map<K, Integer> counts, K key) {
        return counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1) == null;
    }
}
