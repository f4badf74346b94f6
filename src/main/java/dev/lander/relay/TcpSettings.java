package dev.lander.relay;

import dev.lander.sockets.FdBudget;
import dev.lander.text.AddressRange;
import java.time.Duration;
import java.util.List;

/**
 * What users can set about relaying TCP.
 *
 * @param connectTimeout for each try to connect to a component
 * @param queueTimeout how long clients wait while all components are full; zero = not at all
 * @param idleTimeout a relay without a byte for this long is closed; zero = never
 * @param drainTimeout how long a relay that has got too old may take to finish
 * @param maxConnections relays open at once
 * @param acceptProxy balancers in front, whose connections begin with a PROXY header; empty = none
 * @param splice streams are moved within the kernel where that can be had, instead of being copied
 */
public record TcpSettings(
        Duration connectTimeout,
        Duration queueTimeout,
        Duration idleTimeout,
        Duration drainTimeout,
        int maxConnections,
        List<AddressRange> acceptProxy,
        boolean splice) {
    /** What holds unless a user says otherwise. */
    public static final TcpSettings DEFAULT = new TcpSettings(
            Duration.ofSeconds(5),
            Duration.ZERO,
            Duration.ofHours(1),
            Duration.ofSeconds(30),
            FdBudget.UNLIMITED,
            List.of(),
            true);

    TcpSettings withMaxConnections(int lowered) {
        return new TcpSettings(connectTimeout, queueTimeout, idleTimeout, drainTimeout, lowered, acceptProxy, splice);
    }
}
