package dev.lander.registry;

import dev.lander.text.AddressText;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Refuses registrations by which Lander would relay to itself: a component at one of Lander's own ports, at an address
 * where Lander has it, and a relay port that is the port of such a component.
 */
public final class LoopGuard {
    private final Predicate<InetAddress> hasRelayPorts;

    /** TCP ports that Lander holds besides its relay ports, and whether it has them at an address. */
    private final Map<Integer, Predicate<InetAddress>> ownTcpPorts = new HashMap<>();

    /** Components at addresses where relay ports are, by their own port. */
    private final Map<RelayPort, Set<Component>> localComponents = new HashMap<>();

    /**
     * A guard for this machine.
     *
     * @param hasRelayPorts whether an address is one of this machine's where relay ports are bound
     */
    public LoopGuard(Predicate<InetAddress> hasRelayPorts) {
        this.hasRelayPorts = hasRelayPorts;
    }

    /**
     * Lander holds this TCP port from now on: the control channel's or the status page's.
     *
     * @param at whether an address is one of this machine's where the port is bound
     */
    public void addOwnTcpPort(int port, Predicate<InetAddress> at) {
        ownTcpPorts.put(port, at);
    }

    /**
     * Why the registration would make a loop, or an empty text.
     *
     * @param isBound whether a relay port is bound now
     */
    String check(InetAddress componentAddress, Registration registration, Predicate<RelayPort> isBound) {
        RelayPort relayPort = registration.relayPort().bare();
        RelayPort target = new RelayPort(relayPort.protocol(), registration.port());
        boolean isRelayPort = target.equals(relayPort) || isBound.test(target);
        if (isOwn(target, componentAddress) || (isRelayPort && hasRelayPorts.test(componentAddress))) {
            return "port " + target.number() + " at " + AddressText.host(componentAddress) + " is lander's own";
        } else if (localComponents.containsKey(relayPort)) {
            return "relay_port " + relayPort.number() + " is the port of a component on this machine";
        }
        return "";
    }

    private boolean isOwn(RelayPort target, InetAddress address) {
        Predicate<InetAddress> at = target.protocol() == Protocol.TCP ? ownTcpPorts.get(target.number()) : null;
        return at != null && at.test(address);
    }

    void added(Component component) {
        if (hasRelayPorts.test(component.address().getAddress())) {
            localComponents
                    .computeIfAbsent(portOf(component), port -> new HashSet<>())
                    .add(component);
        }
    }

    void removed(Component component) {
        // Whether its address is this machine's may have changed since it was added; the set knows what was.
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
