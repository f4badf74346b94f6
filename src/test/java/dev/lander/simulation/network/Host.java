package dev.lander.simulation.network;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A machine: its addresses, descriptors and ports. */
public final class Host {
    static final int FIRST_EPHEMERAL = 32_768;
    private static final int LAST_EPHEMERAL = 60_999;
    private static final InetAddress ANY = Network.address(0, 0, 0, 0);
    private static final InetAddress LOOPBACK = Network.address(127, 0, 0, 1);

    private record Pair(InetSocketAddress local, InetSocketAddress remote) {}

    /** What becomes of a datagram that a program sends. */
    public enum Sending {
        DONE,
        /** The socket's buffer is full: it is not sent, and the program is told so. */
        FULL,
        /** The system has no memory for it. */
        NO_BUFFERS
    }

    private final Network network;
    private final String name;
    private final InetAddress address;
    private final Addresses addresses;
    private final Descriptors descriptors;
    private final SplittableRandom random;
    private final Map<InetSocketAddress, TcpListener> listeners = new LinkedHashMap<>();
    private final Map<Pair, TcpSocket> connections = new LinkedHashMap<>();
    private final Map<Integer, Integer> tcpPorts = new LinkedHashMap<>();
    private final Map<InetSocketAddress, UdpSocket> udp = new LinkedHashMap<>();
    private final Map<Integer, Integer> udpPorts = new HashMap<>();
    private final Set<Integer> listened = new HashSet<>();
    private boolean connectsAtOnce;
    private boolean hasNoFreePorts;
    private Sending sending = Sending.DONE;
    private int portChanges;
    private int lastUdpPort = FIRST_EPHEMERAL;

    Host(Network network, String name, InetAddress address, int descriptorLimit, SplittableRandom random) {
        this.network = network;
        this.name = name;
        this.address = address;
        this.addresses = new Addresses(network, this, address);
        this.descriptors = new Descriptors(descriptorLimit);
        this.random = random;
    }

    /** Its address on the network. */
    public InetAddress address() {
        return address;
    }

    /** All that it has. */
    public Addresses addresses() {
        return addresses;
    }

    /** Those of the one process that it usually has. */
    public Descriptors descriptors() {
        return descriptors;
    }

    /** Whether the ports that it gives to those who ask for none are all taken. */
    public void takeFreePorts(boolean taken) {
        hasNoFreePorts = taken;
    }

    /** Whether the address is one of its own. */
    public boolean isLocal(InetAddress asked) {
        return addresses.has(asked);
    }

    /** Connects to itself stand when {@code connect} returns, as some systems have it; Linux does so later. */
    public void connectAtOnce(boolean atOnce) {
        connectsAtOnce = atOnce;
    }

    /** What becomes of datagrams that are sent from here, from now on. */
    public void setSending(Sending sending) {
        this.sending = sending;
    }

    Sending sending() {
        return sending;
    }

    /** Whether nothing that its programs may ask for is all taken. */
    public boolean isSound() {
        return !hasNoFreePorts && sending == Sending.DONE && !descriptors.areScarce();
    }

    /** Changes whenever a port that was asked for is bound or free again. */
    public int portChanges() {
        return portChanges;
    }

    /** The ports that are listened on, in their order. */
    public SortedSet<Integer> listenedPorts() {
        return new TreeSet<>(listened);
    }

    /** The ports below the ephemeral ones that have a socket for datagrams, in their order. */
    public SortedSet<Integer> boundUdpPorts() {
        SortedSet<Integer> ports = new TreeSet<>();
        udp.keySet().stream()
                .filter(local -> local.getPort() < FIRST_EPHEMERAL)
                .forEach(local -> ports.add(local.getPort()));
        return ports;
    }

    /** As in a trace. */
    @Override
    public String toString() {
        return name;
    }

    Network network() {
        return network;
    }

    Timeline timeline() {
        return network.timeline();
    }

    boolean connectsAtOnce() {
        return connectsAtOnce;
    }

    SplittableRandom random() {
        return random;
    }

    /** The local address from which that one is reached. */
    InetAddress sourceFor(InetAddress remote) {
        return remote.isLoopbackAddress() ? LOOPBACK : address;
    }

    /** What was asked for, with a port, on TCP. */
    InetSocketAddress bindTcp(InetSocketAddress wanted, boolean listens) throws IOException {
        InetSocketAddress local = checked(wanted);
        if (local.getPort() == 0) {
            return new InetSocketAddress(local.getAddress(), freeTcpPort());
        }
        boolean taken = listeners.keySet().stream().anyMatch(other -> overlaps(other, local))
                || (!listens && tcpPorts.containsKey(local.getPort()));
        if (taken) {
            throw new BindException("Address already in use");
        }
        return local;
    }

    /** What was asked for, with a port, on UDP. */
    InetSocketAddress bindUdp(InetSocketAddress wanted, UdpSocket socket) throws IOException {
        InetSocketAddress local = checked(wanted);
        if (local.getPort() == 0) {
            local = new InetSocketAddress(local.getAddress(), freeUdpPort(local.getAddress()));
        } else if (isUdpTaken(local)) {
            throw new BindException("Address already in use");
        }
        udp.put(local, socket);
        portChanges += local.getPort() < FIRST_EPHEMERAL ? 1 : 0;
        udpPorts.merge(local.getPort(), 1, Integer::sum);
        return local;
    }

    void unbindUdp(InetSocketAddress local) {
        if (udp.remove(local) != null) {
            portChanges += local.getPort() < FIRST_EPHEMERAL ? 1 : 0;
            udpPorts.computeIfPresent(local.getPort(), (port, count) -> count == 1 ? null : count - 1);
        }
    }

    /** The socket that gets a datagram; null = nobody. */
    @Nullable
    UdpSocket udpAt(InetSocketAddress local, InetSocketAddress sender) {
        UdpSocket exact = udp.get(local);
        if (exact != null) {
            return exact.accepts(sender) ? exact : null;
        }
        UdpSocket any = udp.get(new InetSocketAddress(ANY, local.getPort()));
        return any != null && any.accepts(sender) ? any : null;
    }

    void addListener(TcpListener listener) {
        listeners.put(listener.local(), listener);
        portChanges++;
        listened.add(listener.local().getPort());
    }

    void removeListener(TcpListener listener) {
        listeners.remove(listener.local(), listener);
        portChanges++;
        listened.clear();
        listeners.keySet().forEach(local -> listened.add(local.getPort()));
    }

    /** Who listens there; null = nobody. */
    @Nullable
    TcpListener listenerAt(InetSocketAddress local) {
        TcpListener exact = listeners.get(local);
        return exact != null ? exact : listeners.get(new InetSocketAddress(ANY, local.getPort()));
    }

    void addConnection(TcpSocket socket, InetSocketAddress local, InetSocketAddress remote) {
        connections.put(new Pair(local, remote), socket);
        tcpPorts.merge(local.getPort(), 1, Integer::sum);
    }

    void removeConnection(TcpSocket socket, InetSocketAddress local, InetSocketAddress remote) {
        if (connections.remove(new Pair(local, remote), socket)) {
            tcpPorts.computeIfPresent(local.getPort(), (port, count) -> count == 1 ? null : count - 1);
        }
    }

    /** A port for a connection to there; now and then the very port that is connected to. */
    int freeTcpPort() throws BindException {
        checkFreePorts();
        while (true) {
            int port = random.nextInt(FIRST_EPHEMERAL, LAST_EPHEMERAL + 1);
            if (!listened.contains(port) && !tcpPorts.containsKey(port)) {
                return port;
            }
        }
    }

    private void checkFreePorts() throws BindException {
        if (hasNoFreePorts) {
            throw new BindException("Cannot assign requested address");
        }
    }

    private int freeUdpPort(InetAddress local) throws BindException {
        checkFreePorts();
        while (true) {
            // One after the other: what comes late for a closed socket finds no new one at its port.
            lastUdpPort = lastUdpPort < LAST_EPHEMERAL ? lastUdpPort + 1 : FIRST_EPHEMERAL;
            int port = lastUdpPort;
            if (!isUdpTaken(new InetSocketAddress(local, port))) {
                return port;
            }
        }
    }

    private boolean isUdpTaken(InetSocketAddress local) {
        return udpPorts.containsKey(local.getPort()) && udp.keySet().stream().anyMatch(other -> overlaps(other, local));
    }

    private InetSocketAddress checked(InetSocketAddress wanted) throws BindException {
        InetAddress host = wanted.getAddress();
        if (host.isAnyLocalAddress()) {
            return new InetSocketAddress(ANY, wanted.getPort());
        }
        if (!addresses.allowsBinding(host)) {
            throw new BindException("Cannot assign requested address");
        }
        return wanted;
    }

    private static boolean overlaps(InetSocketAddress one, InetSocketAddress other) {
        return one.getPort() == other.getPort()
                && (one.getAddress().equals(other.getAddress())
                        || one.getAddress().isAnyLocalAddress()
                        || other.getAddress().isAnyLocalAddress());
    }
}
