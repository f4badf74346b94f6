package dev.lander.relay.udp;

import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.relay.AccessLog;
import dev.lander.relay.Batch;
import dev.lander.relay.RelayEnd;
import dev.lander.relay.RelaySettings;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.FdBudget;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What all UDP relay ports share: the loop, the buffers, the flows' timeout and their number. */
final class UdpRelays {
    /** Datagrams taken from one socket in one turn. */
    static final int DATAGRAMS_PER_TURN = 64;

    /** In bytes, as room for it. */
    static final int LONGEST_DATAGRAM = 65_535;

    /** Bytes ahead of a datagram for a PROXY header. */
    private static final int HEADER_ROOM = 64;

    /** Bytes of datagrams that wait for each other: some hundred of usual size. */
    private static final int BATCH = 128 * 1024;

    private final Reactor reactor;
    private final BurstLog log;
    private final AccessLog accessLog;
    private final FdBudget fds;
    private final int maxFlows;

    /** Null when one socket serves all addresses, or one address is served. */
    private final @Nullable LocalAddresses localAddresses;

    private final Batch<InetSocketAddress> requests;
    private final Batch<InetSocketAddress> answers;
    private final ByteBuffer scrap = ByteBuffer.allocateDirect(1);

    /** One per flow, the least recently used flow's first. */
    private final Deadlines flowDeadlines;

    private int openFlows;

    /** What expires makes room for another. */
    private boolean evicting;

    UdpRelays(Reactor reactor, BurstLog log, AccessLog accessLog, FdBudget fds, RelaySettings settings) {
        this.reactor = reactor;
        this.requests = datagrams(reactor);
        this.answers = datagrams(reactor);
        this.log = log;
        this.accessLog = accessLog;
        this.fds = fds;
        this.maxFlows = settings.maxUdpFlows();
        BindAddress bindAddress = settings.bindAddress();
        boolean everyAddress = bindAddress.host() == null || bindAddress.host().isAnyLocalAddress();
        this.localAddresses =
                settings.udpPerAddress() && everyAddress ? new LocalAddresses(reactor, bindAddress) : null;
        this.flowDeadlines = reactor.ownDeadlines(settings.udpTimeout());
    }

    Reactor reactor() {
        return reactor;
    }

    BurstLog log() {
        return log;
    }

    AccessLog accessLog() {
        return accessLog;
    }

    FdBudget fds() {
        return fds;
    }

    /** To be bound one by one; null when they are not. */
    @Nullable
    LocalAddresses localAddresses() {
        return localAddresses;
    }

    int openFlows() {
        return openFlows;
    }

    int maxFlows() {
        return maxFlows;
    }

    /** What has come from clients to the socket whose turn it is. */
    Batch<InetSocketAddress> requests() {
        return requests;
    }

    /** Where the next answer is to be received. */
    ByteBuffer answerRoom() {
        if (answers.isFull()) {
            answers.sendAll();
        }
        return answers.room(LONGEST_DATAGRAM);
    }

    /** What was received in {@link #answerRoom} goes to the client, with what other flows receive next. */
    void answer(Batch.Owner<InetSocketAddress> flow, InetSocketAddress client) {
        answers.addForBurst(flow, client);
    }

    /** Where a datagram goes that nobody wants; it is cut short. */
    ByteBuffer scrap() {
        return scrap.clear();
    }

    private static Batch<InetSocketAddress> datagrams(Reactor reactor) {
        return new Batch<>(reactor, BATCH, LONGEST_DATAGRAM, HEADER_ROOM);
    }

    Deadline flowDeadline(Runnable action) {
        return flowDeadlines.create(action);
    }

    /** Why the flow whose deadline is due ends. */
    RelayEnd whyExpired() {
        return evicting ? RelayEnd.EVICTED : RelayEnd.TIMEOUT;
    }

    /** Takes a place for another flow; at the limit the least recently used one makes room. */
    boolean takeFlow() {
        while (openFlows >= maxFlows || fds.free() < 1) {
            if (!endOldestFlow()) {
                return false;
            }
        }
        openFlows++;
        fds.hold(1);
        return true;
    }

    void giveBackFlow() {
        openFlows--;
        fds.release(1);
    }

    /** Ends the least recently used flow; false when there is none. */
    boolean endOldestFlow() {
        evicting = true;
        boolean ended = flowDeadlines.expireFirst();
        evicting = false;
        if (ended) {
            log.count(Counter.FLOW_EVICTED, "open=" + openFlows);
        }
        return ended;
    }
}
