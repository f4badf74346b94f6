package dev.lander.relay.udp;

import dev.lander.registry.Affinity;
import dev.lander.registry.Component;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** With affinity: the component that each client stays with, as long as its flow lives. */
final class Pins {
    private final Map<InetSocketAddress, UdpFlow> flows = new HashMap<>();

    /** The component that the client stays with; null = it may have any. */
    @Nullable
    Component of(InetSocketAddress client) {
        UdpFlow flow =
                flows.isEmpty() ? null : flows.get(client); // asked for every datagram, and most services pin none
        return flow == null ? null : flow.component();
    }

    /** The flow is its client's from now on. */
    void pin(UdpFlow flow) {
        if (stays(flow)) {
            flows.put(flow.client(), flow);
        }
    }

    /** The flow ends, or serves another client. */
    void forget(UdpFlow flow) {
        if (!flows.isEmpty()) {
            flows.remove(flow.client(), flow);
        }
    }

    /** No client stays any more. */
    void clear() {
        flows.clear();
    }

    private static boolean stays(UdpFlow flow) {
        return flow.component().service().affinity() == Affinity.CLIENT;
    }
}
