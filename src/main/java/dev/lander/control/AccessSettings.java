package dev.lander.control;

import dev.lander.text.AddressRange;
import dev.lander.text.PortRanges;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What users can set about who may do what on the control channel.
 *
 * @param allowed the addresses that may connect; empty = all
 * @param relayPorts relay ports that components may ask for
 * @param tokenFile holds the shared secret in its first line; null = none is asked for
 */
public record AccessSettings(
        List<AddressRange> allowed,
        PortRanges relayPorts,
        @Nullable Path tokenFile) {
    /** What holds unless a user says otherwise. */
    public static final AccessSettings DEFAULT = new AccessSettings(List.of(), PortRanges.ALL, null);
}
