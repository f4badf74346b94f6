package dev.lander.relay;

import dev.lander.registry.Component;
import dev.lander.registry.RelayPort;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A TCP relay or a UDP flow that is over.
 *
 * @param service the relay port
 * @param client its address and port
 * @param component the label of the one that served it; null = nobody did
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
        RelayEnd end) {

    /** A UDP flow to this component. */
    public static FinishedRelay flow(
            Component component, InetSocketAddress client, long durationNs, long bytesIn, long bytesOut, RelayEnd end) {
        RelayPort service = component.service().relayPort();
        return new FinishedRelay(service, client, component.label(), 0, durationNs, bytesIn, bytesOut, end);
    }

    /** A TCP client's connection; a component served it or was tried last, or null = none was found. */
    public static FinishedRelay connection(
            RelayPort service,
            InetSocketAddress client,
            @Nullable Component component,
            long connectNs,
            long durationNs,
            long bytesIn,
            long bytesOut,
            RelayEnd end) {
        String label = component == null ? null : component.label();
        return new FinishedRelay(service, client, label, connectNs, durationNs, bytesIn, bytesOut, end);
    }
}
