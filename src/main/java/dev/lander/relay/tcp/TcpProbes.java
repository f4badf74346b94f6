package dev.lander.relay.tcp;

import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.sockets.FdBudget;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The probes of all components that are or were unreachable, and the descriptors that they may take. */
final class TcpProbes {
    /** Probes take at most this part of the descriptors: the rest is the clients', whatever is unreachable. */
    private static final int SHARE = 8;

    private final Reactor reactor;
    private final FdBudget fds;
    private final Duration connectTimeout;
    private final Map<Component, TcpProbe> probes = new HashMap<>();

    /** Tries under way, with a descriptor each. */
    private int tries;

    /** @param connectTimeout for each try */
    TcpProbes(Reactor reactor, FdBudget fds, Duration connectTimeout) {
        this.reactor = reactor;
        this.fds = fds;
        this.connectTimeout = connectTimeout;
    }

    /** Takes a descriptor for a try; false when there is none to spare. */
    boolean takeDescriptor() {
        if (tries >= fds.total() / SHARE || fds.free() < 1) {
            return false;
        }
        tries++;
        fds.hold(1);
        return true;
    }

    /** The try is over, and its channel closed. */
    void giveBackDescriptor() {
        tries--;
        assert tries >= 0 : "more tries have ended than began";
        fds.release(1);
    }

    /** A connect to the component has failed by its doing; if that makes it unreachable, it is probed. */
    void onConnectFailed(Component component) {
        boolean before = component.isUnreachable();
        component.onConnectFailed();
        if (component.isUnreachable() && !before) {
            TcpProbe probe = new TcpProbe(this, reactor, component, reactor.deadlines(connectTimeout));
            TcpProbe ended = probes.put(component, probe);
            if (ended != null) {
                ended.stop(); // of an earlier time, which a client's connect has ended
            }
            probe.begin();
        }
    }

    /** Tries once to connect to the component. */
    void knock(Component component, Consumer<Boolean> result) {
        new TcpKnock(this, reactor, component, reactor.deadlines(connectTimeout), result).begin();
    }

    /** The component has left its service: it is not probed any more. */
    void onLeft(Component component) {
        TcpProbe probe = probes.remove(component);
        if (probe != null) {
            probe.stop();
        }
    }
}
