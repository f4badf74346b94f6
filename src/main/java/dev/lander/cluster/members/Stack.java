package dev.lander.cluster.members;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.Protocol;
import org.jgroups.util.DefaultThreadFactory;

/**
 * JGroups' protocols, from the transport up. The transport itself suspects who closes a connection, so that a killed
 * member is noticed at once and one port is enough: FD_SOCK2 would listen at another, which strangers could speak to.
 * No flow control: with it who sends waits for the slowest.
 */
final class Stack {
    private static final long SILENT_MS = Duration.ofSeconds(8).toMillis();
    private static final long HEARTBEAT_MS = Duration.ofSeconds(2).toMillis();
    private static final long VERIFY_MS = Duration.ofSeconds(1).toMillis();
    private static final long MERGE_LEAST_MS = Duration.ofSeconds(1).toMillis();
    private static final long MERGE_MOST_MS = Duration.ofSeconds(3).toMillis();
    /** Half a second between two looks, or more often. */
    private static final int LOOKS = 6;

    private static final int JOIN_ATTEMPTS = 10;
    private static final long LEAVE_MS = Duration.ofSeconds(1).toMillis();
    /** What was sent is lost with a connection only, so nothing hurries here; each look costs a little. */
    private static final long RESEND_MS = Duration.ofSeconds(1).toMillis();

    /** Only ages are told by that clock: UNICAST3 forgets whom it has sent nothing for two minutes, until it does. */
    private static final long CLOCK_MS = Duration.ofSeconds(10).toMillis();

    private static final int CONNECT_MS = (int) Duration.ofSeconds(1).toMillis();
    private static final long MERGE_LIMIT_MS = Duration.ofSeconds(3).toMillis();
    private static final int FRAGMENT = 60_000;
    private static final int LONGEST_MESSAGE = 16 << 20;

    /** Those that wait for an address where nobody answers are among them. */
    private static final int MOST_THREADS = 64;

    private Stack() {}

    /**
     * The protocols of one channel.
     *
     * @param transport what the others are reached by, made ready here
     * @param own by which address the others reach this one
     * @param pinging finds the others
     * @param heartbeats tell that they live
     * @param looking for so long it looks for others before it begins alone
     */
    static List<Protocol> of(
            Transport transport,
            InetSocketAddress own,
            SecuredSockets sockets,
            TCPPING pinging,
            Heartbeats heartbeats,
            Duration looking) {
        prepare(transport, own, sockets);
        pinging.returnEntireCache(true);
        pinging.numDiscoveryRuns(LOOKS); // others may come up while this one looks
        pinging.asyncDiscoveryUseSeparateThread(true); // an address where nobody answers holds up the others otherwise
        return List.of(
                transport,
                pinging,
                new MERGE3().setMinInterval(MERGE_LEAST_MS).setMaxInterval(MERGE_MOST_MS),
                heartbeats.setTimeout(SILENT_MS).setInterval(HEARTBEAT_MS),
                new VERIFY_SUSPECT2().setTimeout(VERIFY_MS),
                new NAKACK2().useMcastXmit(false).setXmitInterval(RESEND_MS),
                new UNICAST3().setXmitInterval(RESEND_MS),
                new STABLE(),
                new GMS()
                        .setJoinTimeout(looking.toMillis())
                        .setMaxJoinAttempts(JOIN_ATTEMPTS)
                        .setLeaveTimeout(LEAVE_MS)
                        .setMergeTimeout(MERGE_LIMIT_MS)
                        .printLocalAddress(false)
                        .printPhysicalAddress(false),
                new FRAG2().setFragSize(FRAGMENT));
    }

    private static void prepare(Transport transport, InetSocketAddress own, SecuredSockets sockets) {
        transport
                .logAcceptError(false)
                .logDetails(false)
                .enableSuspectEvents(true)
                .tcpNodelay(true)
                .setSockConnTimeout(CONNECT_MS)
                .setMaxLength(LONGEST_MESSAGE);
        transport.setBindAddress(own.getAddress()).setBindPort(own.getPort()).setPortRange(0);
        transport.setTimeServiceInterval(CLOCK_MS);
        transport.useVirtualThreads(false);
        transport.setThreadFactory(new DefaultThreadFactory("cluster", true, true));
        transport.getThreadPool().setMaxThreads(MOST_THREADS);
        transport.setSocketFactory(sockets);
    }
}
