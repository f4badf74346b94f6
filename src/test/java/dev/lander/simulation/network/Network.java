package dev.lander.simulation.network;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Hosts and what is between them. */
public final class Network {
    private record Link(Host from, Host to) {}

    private final Timeline timeline;
    private final SplittableRandom random;
    private final Map<InetAddress, Host> hosts = new LinkedHashMap<>();

    /** By addresses that came to them later. */
    private final Map<InetAddress, Host> further = new HashMap<>();

    private final Map<InetAddress, Barrier> barred = new HashMap<>();
    private final Set<Link> cut = new LinkedHashSet<>();

    /** What is found out when a way that was cut is healed. */
    private final Map<Link, List<Runnable>> findings = new LinkedHashMap<>();

    private NetworkFaults faults = NetworkFaults.NONE;

    /** A network without faults; the random numbers decide delays and how streams are cut. */
    public Network(Timeline timeline, SplittableRandom random) {
        this.timeline = timeline;
        this.random = random;
    }

    /** Time on this network. */
    public Timeline timeline() {
        return timeline;
    }

    /** How it misbehaves from now on. */
    public void setFaults(NetworkFaults faults) {
        this.faults = faults;
    }

    /** Adds a host with one address of {@code 10.0.0.0/16}, besides the loopback address that each host has. */
    public Host addHost(String name, int descriptorLimit) {
        int number = hosts.size() + 1;
        InetAddress address = address(10, 0, number >> 8, number & 0xff);
        Host host = new Host(this, name, address, descriptorLimit, random.split());
        hosts.put(address, host);
        return host;
    }

    void assign(InetAddress address, Host host) {
        further.put(address, host);
    }

    void withdraw(InetAddress address) {
        further.remove(address);
    }

    /** Lets nothing through from the one to the other, in this direction, until it is healed. */
    public void cut(Host from, Host to) {
        cut.add(new Link(from, to));
    }

    /** Lets everything through again, in this direction. */
    public void heal(Host from, Host to) {
        Link link = new Link(from, to);
        cut.remove(link);
        List<Runnable> found = findings.remove(link);
        if (found != null) {
            found.forEach(Runnable::run);
        }
    }

    /** Lets everything through again everywhere. */
    public void healAll() {
        barred.clear();
        for (Link link : List.copyOf(cut)) {
            heal(link.from, link.to);
        }
    }

    /** What an end learns when the way is healed, which was cut when it was said. */
    void onHealed(Host from, Host to, Runnable finding) {
        findings.computeIfAbsent(new Link(from, to), first -> new ArrayList<>()).add(finding);
    }

    /** A router on the way lets nothing through to this address from now on, and says why. */
    public void bar(InetAddress address, Barrier why) {
        barred.put(address, why);
    }

    /** And lets everything through again. */
    public void unbar(InetAddress address) {
        barred.remove(address);
    }

    /** Why nothing gets through to this address; null = it does. */
    @Nullable
    Barrier barrier(InetAddress address) {
        return barred.get(address);
    }

    /** An IPv4 address, as text. */
    public static InetAddress parse(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(text, impossible);
        }
    }

    static InetAddress address(int a, int b, int c, int d) {
        try {
            return InetAddress.getByAddress(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Whom the address belongs to, as seen from that host; null = nobody. */
    @Nullable
    Host find(Host from, InetAddress address) {
        if (address.isLoopbackAddress()) {
            return from;
        }
        Host host = hosts.get(address);
        return host == null ? further.get(address) : host;
    }

    boolean isCut(Host from, Host to) {
        return cut.contains(new Link(from, to));
    }

    /** How long the next packet takes. */
    long delayNs(Host from, Host to) {
        long leastNs = from == to ? NetworkFaults.LOOPBACK_NS : faults.leastDelayNs();
        long mostNs = from == to ? NetworkFaults.LOOPBACK_NS : faults.mostDelayNs();
        return mostNs <= leastNs ? leastNs : random.nextLong(leastNs, mostNs);
    }

    /** Whether the next datagram is lost. */
    boolean losesDatagram() {
        return faults.datagramLoss() > 0 && random.nextDouble() < faults.datagramLoss();
    }

    /** Whether the next datagram comes twice. */
    boolean doublesDatagram() {
        return faults.datagramDoubling() > 0 && random.nextDouble() < faults.datagramDoubling();
    }

    /** How many of the available bytes the next segment of a stream has. */
    int segment(int available) {
        return faults.cutsStreams() && random.nextInt(4) > 0 ? random.nextInt(available) + 1 : available;
    }
}
