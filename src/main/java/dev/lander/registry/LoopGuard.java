package dev.lander.registry;

import dev.lander.text.AddressText;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Refuses registrations by which Lander would relay to itself: a component at an address of this machine on one of
 * Lander's own ports, and a relay port that is the port of such a component.
 */
public final class LoopGuard {
    private final Predicate<InetAddress> isLocal;

    /** TCP ports that Lander holds besides its relay ports. */
    private final Set<Integer> ownTcpPorts = new HashSet<>();

    /** Components at local addresses, by their own port. */
    private final Map<RelayPort, Set<Component>> localComponents = new HashMap<>();

    /**
     * A guard for this machine.
     *
     * @param isLocal whether an address is loopback or one of this machine's interfaces
     */
    public LoopGuard(Predicate<InetAddress> isLocal) {
        this.isLocal = isLocal;
    }

    /** Lander holds this TCP port from now on: the control channel's or the status page's. */
    public void addOwnTcpPort(int port) {
        ownTcpPorts.add(port);
    }

    /**
     * Why the registration would make a loop, or an empty text.
     *
     * @param isBound whether a relay port is bound now
     */
    String check(InetAddress componentAddress, Registration registration, Predicate<RelayPort> isBound) {
        RelayPort relayPort = registration.relayPort().bare();
        RelayPort target = new RelayPort(relayPort.protocol(), registration.port());
        boolean targetIsOurs = target.equals(relayPort) || isOwn(target) || isBound.test(target);
        if (targetIsOurs && isLocal.test(componentAddress)) {
            return "port " + target.number() + " at " + AddressText.host(componentAddress) + " is lander's own";
        } else if (localComponents.containsKey(relayPort)) {
            return "relay_port " + relayPort.number() + " is the port of a component on this machine";
        }
        return "";
    }

    private boolean isOwn(RelayPort target) {
        return target.protocol() == Protocol.TCP && ownTcpPorts.contains(target.number());
    }

    void added(Component component) {
        if (isLocal.test(component.address().getAddress())) {
            localComponents
                    .computeIfAbsent(portOf(component), port -> new HashSet<>())
                    .add(component);
        }
    }

    void removed(Component component) {
        // Whether its address is local may have changed since it was added; the set knows what was.
        Set<Component> onPort = localComponents.get(portOf(component));
        if (onPort != null && onPort.remove(component) && onPort.isEmpty()) {
            localComponents.remove(portOf(component));
        }
    }

    private static RelayPort portOf(Component component) {
        return new RelayPort(
                component.service().relayPort().protocol(), component.address().getPort());
    }
}
