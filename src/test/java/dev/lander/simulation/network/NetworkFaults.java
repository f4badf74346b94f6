package dev.lander.simulation.network;

/**
 * How a network misbehaves.
 *
 * @param leastDelayNs what a packet between two hosts takes at least, in nanoseconds
 * @param mostDelayNs what it takes at most; datagrams overtake one another by the difference
 * @param datagramLoss the part of all datagrams that is lost, from 0 to 1
 * @param datagramDoubling the part of all datagrams that comes twice, from 0 to 1
 * @param cutsStreams whether streams are cut into segments of any size
 */
public record NetworkFaults(
        long leastDelayNs, long mostDelayNs, double datagramLoss, double datagramDoubling, boolean cutsStreams) {
    /** What a packet takes within one host. */
    static final long LOOPBACK_NS = 5_000;

    /** A good network. */
    public static final NetworkFaults NONE = new NetworkFaults(100_000, 100_000, 0, 0, false);
}
