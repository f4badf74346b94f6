package dev.lander.registry;

import org.jspecify.annotations.Nullable;

/**
 * What a component says of itself when it registers; a takeover replaces all of it.
 *
 * @param name label in logs, metrics and on the status page; null means {@code address:port}
 * @param weight 1 to 256
 * @param maxConnections TCP relays to it at once; 0 = no limit
 * @param proxyProtocol the header that it wants
 * @param slowStartNs how long its weight grows when it joins or returns; 0 = it has its weight at once
 * @param priority 0 to 255: it is chosen only while none with a lower number is in rotation
 * @param maxBytesPerSecond of a relay or flow to it, each way; 0 = no limit
 * @param maxDurationNs a TCP relay to it that is older is closed; 0 = never
 * @param metricsPort where it serves metrics for Prometheus, at its own address; 0 = it does not
 */
public record ComponentTraits(
        @Nullable String name,
        int weight,
        int maxConnections,
        ProxyProtocol proxyProtocol,
        long slowStartNs,
        int priority,
        int maxBytesPerSecond,
        long maxDurationNs,
        int metricsPort) {
    /** What a register without optional fields means. */
    public static final ComponentTraits DEFAULT = new ComponentTraits(null, 1, 0, ProxyProtocol.NONE, 0, 0, 0, 0, 0);

    /** The highest priority number. */
    public static final int LAST_PRIORITY = 255;

    /** The same without what only TCP relays have. */
    public ComponentTraits withoutRelayLimits() {
        return new ComponentTraits(
                name,
                weight,
                DEFAULT.maxConnections,
                proxyProtocol,
                slowStartNs,
                priority,
                maxBytesPerSecond,
                DEFAULT.maxDurationNs,
                metricsPort);
    }
}
