package dev.lander.cluster.members;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jgroups.Address;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.FD_ALL3;

/** JGroups' failure detector, which knows besides when each member's last heartbeat came. From any thread. */
final class Heartbeats extends FD_ALL3 {
    private final LongSupplier clock;
    private final Map<Address, Long> heardNs = new ConcurrentHashMap<>();

    /** With this monotonic clock, in nanoseconds. */
    Heartbeats(LongSupplier clock) {
        this.clock = clock;
        setId(ClassConfigurator.getProtocolId(FD_ALL3.class)); // to the others it is that one
    }

    @Override
    protected void update(Address sender, boolean isLogged, boolean isOfView) {
        super.update(sender, isLogged, isOfView);
        if (sender != null && !isOfView) { // to be in a view is nothing that a member has said
            heardNs.put(sender, clock.getAsLong());
        }
    }

    @Override
    protected void retainKeys(List<Address> members) {
        super.retainKeys(members);
        heardNs.keySet().retainAll(members);
    }

    /** For how long no heartbeat of the member has come, in nanoseconds; {@link Long#MAX_VALUE} = none ever has. */
    long silentNs(Address member) {
        Long lastNs = heardNs.get(member);
        return lastNs == null ? Long.MAX_VALUE : clock.getAsLong() - lastNs;
    }
}
