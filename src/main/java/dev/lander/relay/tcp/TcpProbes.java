package dev.lander.relay.tcp;

import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.sockets.FdBudget;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The probes of all components that are or were unreachable. */
final class TcpProbes {
    private final TcpKnock.Means means;
    private final Map<Component, TcpProbe> probes = new HashMap<>();

    /** @param connectTimeout for each try */
    TcpProbes(Reactor reactor, FdBudget fds, Duration connectTimeout) {
        this.means = new TcpKnock.Means(reactor, reactor.deadlines(connectTimeout), new ProbeDescriptors(fds));
    }

    /** A connect to the component has failed by its doing; if that makes it unreachable, it is probed. */
    void onConnectFailed(Component component) {
        boolean before = component.isUnreachable();
        component.onConnectFailed();
        if (component.isUnreachable() && !before) {
            TcpProbe probe = new TcpProbe(means, component);
            TcpProbe ended = probes.put(component, probe);
            if (ended != null) {
                ended.stop(); // of an earlier time, which a client's connect has ended
            }
            probe.begin();
        }
    }

    /** Tries once to connect to the component; what is not found out is nothing against it. */
    void knock(Component component, Consumer<Boolean> mayBeReached) {
        new TcpKnock(means, component, result -> mayBeReached.accept(result != TcpKnock.Result.FAILED)).begin();
    }

    /** The component has left its service: it is not probed any more. */
    void onLeft(Component component) {
        TcpProbe probe = probes.remove(component);
        if (probe != null) {
            probe.stop();
        }
    }
}
