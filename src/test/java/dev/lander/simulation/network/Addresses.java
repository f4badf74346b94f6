package dev.lander.simulation.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The addresses of a host's interfaces: it begins with one, and others may come and go. */
public final class Addresses {
    private static final InetAddress LOOPBACK = Network.address(127, 0, 0, 1);

    private final Network network;
    private final Host host;
    private final InetAddress first;
    private final Set<InetAddress> further = new LinkedHashSet<>();
    private final Set<InetAddress> tentative = new LinkedHashSet<>();
    private final Set<InetAddress> bindable = new LinkedHashSet<>();

    Addresses(Network network, Host host, InetAddress first) {
        this.network = network;
        this.host = host;
        this.first = first;
    }

    /** All that the interfaces have. */
    public List<InetAddress> listed() {
        List<InetAddress> listed = new ArrayList<>(List.of(LOOPBACK));
        listed.addAll(reached());
        listed.addAll(tentative);
        return listed;
    }

    /** Those at which others on the network find it. */
    public List<InetAddress> reached() {
        List<InetAddress> reached = new ArrayList<>(List.of(first));
        reached.addAll(further);
        return reached;
    }

    /** Whether it is one of them, or of the loopback interface's. */
    public boolean has(InetAddress asked) {
        return asked.isLoopbackAddress() || asked.equals(first) || further.contains(asked);
    }

    /** How many sockets of one port there can be, one for each address. */
    public int bindableCount() {
        Set<InetAddress> all = new LinkedHashSet<>(bindable);
        all.addAll(reached());
        return all.size() + 1;
    }

    /** An address comes that is checked for another owner yet: it is listed, and can't be bound. */
    public void begin(InetAddress address) {
        tentative.add(address);
    }

    /** An address comes, or is ready now. */
    public void add(InetAddress address) {
        tentative.remove(address);
        further.add(address);
        network.assign(address, host);
    }

    /** An address goes: what is bound there gets nothing. */
    public void remove(InetAddress address) {
        tentative.remove(address);
        if (further.remove(address)) {
            network.withdraw(address);
        }
    }

    /** This one can be bound whether it is there or not, as with {@code net.ipv4.ip_nonlocal_bind}. */
    public void allowBinding(InetAddress address) {
        bindable.add(address);
    }

    boolean allowsBinding(InetAddress address) {
        return has(address) || bindable.contains(address);
    }
}
