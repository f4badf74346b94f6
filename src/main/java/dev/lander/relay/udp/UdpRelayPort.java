package dev.lander.relay.udp;

import dev.lander.metrics.Counter;
import dev.lander.registry.Component;
import dev.lander.registry.Service;
import dev.lander.relay.OpenPort;
import dev.lander.relay.PortSockets;
import dev.lander.relay.RelayEnd;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.FdBudget;
import dev.lander.text.AddressText;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bound UDP relay port: one socket, or with {@code --udp-per-address} and {@code --virtual-address} one for each
 * address of this machine.
 */
final class UdpRelayPort implements OpenPort, LocalAddresses.Follower {
    private final UdpContext context;
    private final FdBudget fds;
    private final Intake intake;
    private final PortSockets portSockets;

    /** To be bound one by one; null when they are not. */
    private final @Nullable LocalAddresses local;

    /** By address, as it is shown: Java takes addresses of different zones for the same. */
    private final Map<String, UdpRelaySocket> sockets = new LinkedHashMap<>();

    /**
     * Binds the port.
     *
     * @param local the addresses to bind one by one; null = one socket at the bind address
     * @throws IOException when the system refuses at any address, with its reason
     */
    UdpRelayPort(
            UdpContext context, FdBudget fds, Intake intake, PortSockets portSockets, @Nullable LocalAddresses local)
            throws IOException {
        this.context = context;
        this.fds = fds;
        this.intake = intake;
        this.local = local;
        this.portSockets = portSockets;
        if (local == null) {
            sockets.put(
                    "",
                    new UdpRelaySocket(
                            context, intake, portSockets, portSockets.settings().address()));
        } else {
            bindAll(local);
            local.follow(this);
        }
    }

    private void bindAll(LocalAddresses local) throws IOException {
        for (Map.Entry<String, InetAddress> address : local.read().entrySet()) {
            try {
                bind(address.getKey(), address.getValue());
            } catch (IOException refused) {
                boolean mayComeLater = !local.isVirtual(address.getValue()) && PortSockets.isNoAddressYet(refused);
                if (!mayComeLater) {
                    sockets.values().forEach(socket -> socket.close(RelayEnd.ADDRESS_LEFT));
                    throw new IOException("address " + address.getKey() + ": " + refused.getMessage(), refused);
                }
            }
        }
    }

    private void bind(String shown, InetAddress address) throws IOException {
        sockets.put(shown, new UdpRelaySocket(context, intake, portSockets, new BindAddress(address)));
    }

    @Override
    public void follow(Map<String, InetAddress> addresses) {
        for (Iterator<Map.Entry<String, UdpRelaySocket>> bound =
                        sockets.entrySet().iterator();
                bound.hasNext(); ) {
            Map.Entry<String, UdpRelaySocket> socket = bound.next();
            if (!addresses.containsKey(socket.getKey())) {
                socket.getValue().close(RelayEnd.ADDRESS_LEFT);
                bound.remove();
                fds.release(1);
            }
        }
        for (Map.Entry<String, InetAddress> address : addresses.entrySet()) {
            if (!sockets.containsKey(address.getKey())) {
                bindLater(address.getKey(), address.getValue());
            }
        }
    }

    /** What is refused now is tried again when the addresses are next read. */
    private void bindLater(String shown, InetAddress address) {
        try {
            bind(shown, address);
            fds.hold(1);
        } catch (IOException refused) {
            context.log().count(Counter.UDP_BIND_FAILED, this, "address", AddressText.host(address), "why", refused);
        }
    }

    /** As in the log. */
    @Override
    public String toString() {
        return intake.toString();
    }

    @Override
    public int descriptors() {
        return sockets.size();
    }

    @Override
    public void onTerms(Service service) {
        intake.onTerms();
        sockets.values().forEach(UdpRelaySocket::onTerms);
    }

    @Override
    public void release() {
        // What waits in the sockets is read by the next service, if one comes.
    }

    @Override
    public void linger() {
        // Requests are dropped.
    }

    @Override
    public void takeBack(Service successor) {
        intake.takeBack(successor);
    }

    @Override
    public boolean stopRequests() {
        // Where the port is shared, what comes until it is closed is lost to the others.
        return !portSockets.settings().shared();
    }

    @Override
    public void close() {
        if (local != null) {
            local.forget(this);
        }
        for (UdpRelaySocket socket : sockets.values()) {
            socket.close(intake.isEnding() ? RelayEnd.CUT : RelayEnd.COMPONENT_LEFT);
        }
        intake.forgetAll();
    }

    @Override
    public void onLeft(Component component) {
        for (UdpRelaySocket socket : sockets.values()) {
            socket.onLeft(component);
        }
        intake.forget(component);
    }
}
