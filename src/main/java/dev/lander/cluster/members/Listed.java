package dev.lander.cluster.members;

import dev.lander.text.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The members that a user has listed. Asks the system's resolver, so it may block for seconds. From any thread. */
final class Listed {
    private static final Logger LOG = LoggerFactory.getLogger(Listed.class);

    /** Knows the addresses of names. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] all(String name) throws UnknownHostException;
    }

    private final List<HostPort> members;
    private final Resolver resolver;

    /** What each had when it was asked for last, and had any: a resolver that fails takes nobody away. */
    private final Map<HostPort, List<InetSocketAddress>> known = new ConcurrentHashMap<>();

    /** Names that had no address when they were asked for last: each is told once. */
    private final Set<String> unknown = ConcurrentHashMap.newKeySet();

    Listed(List<HostPort> members) {
        this(members, InetAddress::getAllByName);
    }

    Listed(List<HostPort> members, Resolver resolver) {
        this.members = List.copyOf(members);
        this.resolver = resolver;
    }

    /** All addresses of all that are known now, or were before. */
    List<InetSocketAddress> resolve() {
        Set<InetSocketAddress> found = new LinkedHashSet<>();
        members.forEach(member -> found.addAll(addresses(member)));
        return new ArrayList<>(found);
    }

    private List<InetSocketAddress> addresses(HostPort member) {
        try {
            List<InetSocketAddress> now = Stream.of(resolver.all(member.host()))
                    .map(address -> new InetSocketAddress(address, member.port()))
                    .toList();
            known.put(member, now);
            unknown.remove(member.host());
            return now;
        } catch (UnknownHostException none) {
            if (unknown.add(member.host())) {
                LOG.warn("member_unknown name={} why=\"it has no address; asked for again every 30 s\"", member.host());
            }
            return known.getOrDefault(member, List.of());
        }
    }

    @Override
    public String toString() {
        return String.join(",", members.stream().map(HostPort::toString).toList());
    }
}
