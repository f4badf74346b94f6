package dev.lander.relay.tcp;

import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The probes of all components that are or were unreachable. */
final class TcpProbes {
    private final Reactor reactor;
    private final Duration connectTimeout;
    private final Map<Component, TcpProbe> probes = new HashMap<>();

    /** @param connectTimeout for each try */
    TcpProbes(Reactor reactor, Duration connectTimeout) {
        this.reactor = reactor;
        this.connectTimeout = connectTimeout;
    }

    /** A connect to the component has failed by its doing; if that makes it unreachable, it is probed. */
    void onConnectFailed(Component component) {
        boolean before = component.isUnreachable();
        component.onConnectFailed();
        if (component.isUnreachable() && !before) {
            TcpProbe probe = new TcpProbe(reactor, component, reactor.deadlines(connectTimeout));
            TcpProbe ended = probes.put(component, probe);
            if (ended != null) {
                ended.stop(); // of an earlier time, which a client's connect has ended
            }
            probe.begin();
        }
    }

    /** The component has left its service: it is not probed any more. */
    void onLeft(Component component) {
        TcpProbe probe = probes.remove(component);
        if (probe != null) {
            probe.stop();
        }
    }
}
