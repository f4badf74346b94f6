package dev.lander.simulation;

import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The ports that the system has bound for Lander are those that somebody has registered for. */
final class PortsFollow extends Invariant {
    private final Set<RelayPort> registered = new LinkedHashSet<>();

    /** All that were ever bound. */
    private final Set<RelayPort> known = new LinkedHashSet<>();

    private boolean changed = true;
    private int changes;

    PortsFollow(Cast cast) {
        super(cast, "a relay port is bound exactly while somebody is registered, or it lingers");
    }

    @Override
    void onBound(Service service) {
        known.add(service.relayPort());
        changed |= registered.add(service.relayPort());
    }

    @Override
    void onReleased(Service service) {
        changed |= registered.remove(service.relayPort());
    }

    @Override
    void onTurn() {
        int now = cast.landerHost().portChanges();
        if (!cast.isEndAsked() && (changed || now != changes)) {
            changed = false;
            changes = now;
            compare(Protocol.TCP, cast.landerHost().listenedPorts());
            compare(Protocol.UDP, cast.landerHost().boundUdpPorts());
        }
    }

    @Override
    void onQuiet() {
        changed = true;
        onTurn();
    }

    private void compare(Protocol protocol, SortedSet<Integer> bound) {
        SortedSet<Integer> expected = new TreeSet<>();
        for (RelayPort port : known) {
            if (port.protocol() == protocol
                    && (registered.contains(port) || state().relayPorts().isLingering(port.bare()))) {
                expected.add(port.number());
            }
        }
        SortedSet<Integer> ours = bound.subSet(Setting.FIRST_RELAY_PORT, Setting.SQUATTED_PORT);
        check(ours.equals(expected), protocol.word() + " " + ours + ", not " + expected);
    }
}
