package dev.lander.relay;

import dev.lander.registry.RelayPort;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A TCP relay or a UDP flow that is over.
 *
 * @param service the relay port
 * @param client its address and port
 * @param component the label of who served it; null = nobody
 * @param connectNs what the connect to the component took, in nanoseconds; 0 on UDP
 * @param durationNs from the accept, or the first datagram, to the end, or the last datagram, in nanoseconds
 * @param bytesIn bytes from the client
 * @param bytesOut bytes from the component
 * @param end how it ended
 */
public record FinishedRelay(
        RelayPort service,
        InetSocketAddress client,
        @Nullable String component,
        long connectNs,
        long durationNs,
        long bytesIn,
        long bytesOut,
        RelayEnd end) {}
