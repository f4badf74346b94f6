package dev.lander.relay;

import dev.lander.sockets.FdBudget;
import java.time.Duration;

/**
 * What users can set about relaying UDP.
 *
 * @param timeout a flow without a datagram for this long is closed
 * @param maxFlows flows open at once
 * @param perAddress whether ports have a socket for each address of this machine, instead of one for all
 */
public record UdpSettings(Duration timeout, int maxFlows, boolean perAddress) {
    /** What holds unless a user says otherwise. */
    public static final UdpSettings DEFAULT = new UdpSettings(Duration.ofSeconds(60), FdBudget.UNLIMITED, false);

    UdpSettings withMaxFlows(int lowered) {
        return new UdpSettings(timeout, lowered, perAddress);
    }
}
