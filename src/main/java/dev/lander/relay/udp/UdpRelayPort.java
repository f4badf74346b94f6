package dev.lander.relay.udp;

import dev.lander.metrics.Counter;
import dev.lander.registry.Component;
import dev.lander.registry.Service;
import dev.lander.relay.OpenPort;
import dev.lander.relay.PortLife;
import dev.lander.relay.PortPhase;
import dev.lander.relay.RelayEnd;
import dev.lander.relay.TokenBucket;
import dev.lander.sockets.BindAddress;
import dev.lander.text.AddressText;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A bound UDP relay port: one socket, or with {@code --udp-per-address} one for each address of this machine. */
final class UdpRelayPort implements OpenPort {
    private final UdpRelays relays;

    /** By address, as it is shown: Java takes addresses of different zones for the same. */
    private final Map<String, UdpRelaySocket> sockets = new LinkedHashMap<>();

    private final Map<Component, UdpReachability> reachabilities = new HashMap<>();
    private final PortLife life;
    private Service service;

    /** Null when the service has no limit of new choices. */
    private @Nullable TokenBucket choices;

    /**
     * Binds the port.
     *
     * @throws IOException when the system refuses at any address, with its reason
     */
    UdpRelayPort(UdpRelays relays, Service service, PortLife life, BindAddress bindAddress) throws IOException {
        this.relays = relays;
        this.life = life;
        this.service = service;
        this.choices = TokenBucket.of(service, relays.reactor().nowNs());
        LocalAddresses local = relays.localAddresses();
        if (local == null) {
            sockets.put("", new UdpRelaySocket(relays, this, bindAddress));
        } else {
            bindAll(local.read());
            local.follow(this);
        }
    }

    private void bindAll(Map<String, InetAddress> addresses) throws IOException {
        for (Map.Entry<String, InetAddress> address : addresses.entrySet()) {
            try {
                bind(address.getKey(), address.getValue());
            } catch (IOException refused) {
                if (!isNotYet(refused)) {
                    sockets.values().forEach(socket -> socket.close(RelayEnd.ADDRESS_LEFT));
                    throw new IOException("address " + address.getKey() + ": " + refused.getMessage(), refused);
                }
            }
        }
    }

    private void bind(String shown, InetAddress address) throws IOException {
        sockets.put(shown, new UdpRelaySocket(relays, this, new BindAddress(address)));
    }

    /**
     * Whether the address is there but can't be used yet, as one of IPv6 that is being checked for duplicates, or not
     * any more. Java tells this apart only in the text, which is the system's.
     */
    private static boolean isNotYet(IOException refused) {
        return refused instanceof BindException
                && String.valueOf(refused.getMessage()).contains("assign requested address");
    }

    /** This machine has these addresses now. */
    void follow(Map<String, InetAddress> addresses) {
        for (Iterator<Map.Entry<String, UdpRelaySocket>> bound =
                        sockets.entrySet().iterator();
                bound.hasNext(); ) {
            Map.Entry<String, UdpRelaySocket> socket = bound.next();
            if (!addresses.containsKey(socket.getKey())) {
                socket.getValue().close(RelayEnd.ADDRESS_LEFT);
                bound.remove();
                relays.fds().release(1);
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
            relays.fds().hold(1);
        } catch (IOException refused) {
            String what = "service=" + service.relayPort() + " address=" + AddressText.host(address);
            relays.log().count(Counter.UDP_BIND_FAILED, what + " why=\"" + refused.getMessage() + '"');
        }
    }

    Service service() {
        return service;
    }

    /** Whether its sockets read at all: not between a release and what becomes of it, so that what waits is kept. */
    boolean reads() {
        return life.phase() != PortPhase.RELEASED;
    }

    /** Why a datagram that has come is dropped; null = it is not. */
    @Nullable
    Counter whyDropped() {
        return switch (life.phase()) {
            case ENDING -> Counter.DATAGRAM_ENDING;
            case LINGERING -> Counter.DATAGRAM_LINGERING;
            default -> null;
        };
    }

    /** Whether the service limits how often a component is chosen. */
    boolean limitsChoices() {
        return choices != null;
    }

    /** Whether the service's limit allows to choose a component once more now. */
    boolean mayChoose() {
        return choices == null || choices.take(relays.reactor().nowNs());
    }

    /** What all its sockets together know of the component. */
    UdpReachability reachabilityOf(Component component) {
        UdpReachability known = reachabilities.get(component);
        if (known == null) {
            known = new UdpReachability(relays.reactor(), component);
            reachabilities.put(component, known);
        }
        return known;
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "service=" + service.relayPort();
    }

    @Override
    public int descriptors() {
        return sockets.size();
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
        service = successor;
        choices = TokenBucket.of(successor, relays.reactor().nowNs());
    }

    @Override
    public boolean stopRequests() {
        return true;
    }

    @Override
    public void close() {
        LocalAddresses local = relays.localAddresses();
        if (local != null) {
            local.forget(this);
        }
        for (UdpRelaySocket socket : sockets.values()) {
            socket.close(life.phase() == PortPhase.ENDING ? RelayEnd.CUT : RelayEnd.COMPONENT_LEFT);
        }
        reachabilities.values().forEach(UdpReachability::stop);
    }

    @Override
    public void onLeft(Component component) {
        for (UdpRelaySocket socket : sockets.values()) {
            socket.onLeft(component);
        }
        UdpReachability known = reachabilities.remove(component);
        if (known != null) {
            known.stop();
        }
    }
}
