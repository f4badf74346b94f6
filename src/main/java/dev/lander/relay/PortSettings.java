package dev.lander.relay;

import dev.lander.sockets.BindAddress;
import java.net.Inet4Address;
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

    /** Where TCP relay ports listen: a socket for all addresses takes connections to virtual ones as well. */
    public List<BindAddress> listening() {
        return Stream.concat(
                        Stream.of(address),
                        virtualAddresses.stream()
                                .filter(each -> !covers(address.host(), each))
                                .map(BindAddress::new))
                .toList();
    }

    private static boolean isEvery(@Nullable InetAddress host) {
        return host == null || host.isAnyLocalAddress();
    }

    /** A socket at the IPv6 address that stands for all takes those of IPv4 as well. */
    private static boolean covers(@Nullable InetAddress bound, InetAddress asked) {
        boolean ofBoth = !(bound instanceof Inet4Address);
        return isEvery(bound) ? ofBoth || asked instanceof Inet4Address : asked.equals(bound);
    }
}
