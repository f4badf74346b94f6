package dev.lander.relay;

import dev.lander.sockets.BindAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where and how relay ports are bound.
 *
 * @param address where
 * @param virtualAddresses where as well, whether they are this machine's at present or another's
 * @param shared ports are shared with other processes of the same user that want it, too (SO_REUSEPORT)
 */
public record PortSettings(BindAddress address, List<InetAddress> virtualAddresses, boolean shared) {
    /** At every address of this machine, and not shared. */
    public static final PortSettings DEFAULT = at(BindAddress.ANY);

    /** At this address, and not shared. */
    public static PortSettings at(BindAddress address) {
        return new PortSettings(address, List.of(), false);
    }

    /** Whether it stands for all addresses of this machine, of one family at least. */
    public boolean isEveryAddress() {
        return isEvery(address.host());
    }

    /** Whether relay ports are at this address, if it is this machine's. */
    public boolean areAt(InetAddress local) {
        return address.covers(local) || virtualAddresses.contains(local);
    }

    /** Where TCP relay ports listen: a socket for all addresses takes connections to virtual ones as well. */
    public List<BindAddress> listening() {
        return Stream.concat(
                        Stream.of(address),
                        virtualAddresses.stream()
                                .filter(each -> !address.covers(each))
                                .map(BindAddress::new))
                .toList();
    }

    private static boolean isEvery(@Nullable InetAddress host) {
        return host == null || host.isAnyLocalAddress();
    }
}
