package dev.lander.cluster.members;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** By which address the others reach this one. */
final class OwnAddress {
    private OwnAddress() {}

    /**
     * The bound address where there is one. Else one that is listed and this machine's, or the one from which packets
     * to the first of the others leave. A loopback address only if all that are listed are: Debian's {@code /etc/hosts}
     * gives a machine's own name the address 127.0.1.1, where nobody else finds it.
     *
     * @param bound null = every address
     * @param isLocal whether an address is one of this machine's
     */
    static InetAddress choose(
            @Nullable InetAddress bound, List<InetSocketAddress> listed, Predicate<InetAddress> isLocal) {
        if (bound != null && !bound.isAnyLocalAddress()) {
            return bound;
        }
        Predicate<InetAddress> fits = bound == null ? any -> true : any -> any.getClass() == bound.getClass();
        List<InetAddress> addresses =
                listed.stream().map(InetSocketAddress::getAddress).filter(fits).toList();
        List<InetAddress> far =
                addresses.stream().filter(one -> !one.isLoopbackAddress()).toList();
        Optional<InetAddress> own = far.stream().filter(isLocal).findFirst();
        if (own.isPresent()) {
            return own.get();
        }
        for (InetAddress other : far) {
            InetAddress source = sourceTo(other);
            if (source != null) {
                return source;
            }
        }
        if (!addresses.isEmpty() && far.isEmpty()) {
            return addresses.get(0);
        }
        return firstOf(fits);
    }

    /** From where packets to it leave; null = nowhere. No packet is sent. */
    private static @Nullable InetAddress sourceTo(InetAddress other) {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(other, 1);
            InetAddress source = probe.getLocalAddress();
            return source.isAnyLocalAddress() ? null : source;
        } catch (IOException | UncheckedIOException noRoute) {
            return null;
        }
    }

    private static InetAddress firstOf(Predicate<InetAddress> fits) {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(one -> !one.isLoopbackAddress() && !one.isLinkLocalAddress())
                    .filter(fits)
                    .findFirst()
                    .orElseGet(InetAddress::getLoopbackAddress);
        } catch (SocketException none) {
            return InetAddress.getLoopbackAddress();
        }
    }
}
