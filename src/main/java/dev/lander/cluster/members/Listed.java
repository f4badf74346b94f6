package dev.lander.cluster.members;

import dev.lander.text.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The members that a user has listed. Asks the system's resolver, so it may block for seconds. */
final class Listed {
    private final List<HostPort> members;

    Listed(List<HostPort> members) {
        this.members = List.copyOf(members);
    }

    /** All addresses of all that are known now. */
    List<InetSocketAddress> resolve() {
        Set<InetSocketAddress> found = new LinkedHashSet<>();
        for (HostPort member : members) {
            try {
                for (InetAddress address : InetAddress.getAllByName(member.host())) {
                    found.add(new InetSocketAddress(address, member.port()));
                }
            } catch (UnknownHostException unknown) {
                // the others are asked, and this one again later
            }
        }
        return new ArrayList<>(found);
    }

    @Override
    public String toString() {
        return String.join(",", members.stream().map(HostPort::toString).toList());
    }
}
