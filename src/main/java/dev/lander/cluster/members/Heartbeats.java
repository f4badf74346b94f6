package dev.lander.cluster.members;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jgroups.Address;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.FD_ALL3;

/**
 * JGroups' failure detector, which knows besides when each member's last heartbeat came, and gives up the connection to
 * who is silent. From any thread.
 */
final class Heartbeats extends FD_ALL3 {
    private final LongSupplier clock;
    private final Transport transport;
    private final Runnable onReturned;
    private final Map<Address, Long> heardNs = new ConcurrentHashMap<>();

    /**
     * Over the transport.
     *
     * @param clock a monotonic one, in nanoseconds
     * @param onReturned runs when a member is heard again that was silent for the timeout
     */
    Heartbeats(LongSupplier clock, Transport transport, Runnable onReturned) {
        this.clock = clock;
        this.transport = transport;
        this.onReturned = onReturned;
        setId(ClassConfigurator.getProtocolId(FD_ALL3.class)); // to the others it is that one
    }

    @Override
    protected void update(Address sender, boolean isLogged, boolean isOfView) {
        super.update(sender, isLogged, isOfView);
        if (sender != null && !isOfView) { // to be in a view is nothing that a member has said
            long nowNs = clock.getAsLong();
            Long beforeNs = heardNs.put(sender, nowNs);
            if (beforeNs != null && nowNs - beforeNs > TimeUnit.MILLISECONDS.toNanos(getTimeout())) {
                onReturned.run();
            }
        }
    }

    /**
     * When a link is cut and others still reach the member, it stays in the view. The system would try again ever more
     * seldom what it has sent, each 25 s after 40; a new connection stands as soon as the link does.
     */
    @Override
    protected <T> boolean needsToBeSuspected(Address member, T heartbeats) {
        boolean isSilent = super.needsToBeSuspected(member, heartbeats);
        if (isSilent) {
            transport.disconnect(member);
        }
        return isSilent;
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
