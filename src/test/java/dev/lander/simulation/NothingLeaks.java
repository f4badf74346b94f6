package dev.lander.simulation;

import dev.lander.listing.OpenRelay;
import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.relay.OpenList;
import java.util.ArrayList;
import java.util.List;

/** When all is over, nothing is held for it any more. */
final class NothingLeaks extends Invariant {
    private static final int CONTROL_LISTENER = 1;

    NothingLeaks(Cast cast) {
        super(cast, "slots, descriptors and spill budget return to where they were");
    }

    @Override
    void onQuiet() {
        checkNone(state().relayPorts().openRelays(), "relays are open:", Insides.openClients(state().relayPorts()));
        checkNone(state().relayPorts().openFlows(), "flows are open:", Insides.openFlows(state().relayPorts()));
        int connections = state().control().openConnections();
        long peers = cast.components().stream().filter(ServiceComponent::isUp).count()
                + cast.controlPeers().stream().filter(ControlPeer::isConnected).count();
        check(connections == peers, connections + " control connections are open, not " + peers);
        long ports = state().registry().walk().whole().services().stream()
                .map(service -> service.relayPort().bare())
                .distinct()
                .mapToLong(this::sockets)
                .sum();
        long expected = CONTROL_LISTENER + ports + connections;
        check(
                cast.landerHost().descriptors().open() == expected,
                cast.landerHost().descriptors().open() + " descriptors are open, not " + expected);
        int held = Insides.heldDescriptors(state().relayPorts());
        check(held == expected, held + " descriptors count as held, not " + expected);
        long spilled = Insides.spilledBytes(state().relayPorts());
        check(spilled == 0, spilled + " bytes are spilled");
    }

    private void checkNone(int open, String what, OpenList list) {
        List<OpenRelay> shown = new ArrayList<>();
        list.forEach(entry -> shown.add(entry.shown()));
        check(open == 0, open + " " + what, shown);
    }

    private long sockets(RelayPort port) {
        boolean isForEach = port.protocol() == Protocol.UDP && cast.setting().bindsEachAddress();
        return isForEach ? cast.landerHost().addresses().bindableCount() : 1;
    }

    @Override
    void onEnd() {
        int open = cast.landerHost().descriptors().open();
        check(open == 0, open + " descriptors are open at the end");
    }
}
