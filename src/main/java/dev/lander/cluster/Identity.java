package dev.lander.cluster;

import dev.lander.registry.RelayPort;
import dev.lander.text.AddressText;
import java.net.InetSocketAddress;

/** Which component behind which service: the same for all members. */
record Identity(RelayPort relayPort, InetSocketAddress address) {
    /** As in the log. */
    @Override
    public String toString() {
        return "service=" + relayPort + " component=" + AddressText.of(address);
    }
}
