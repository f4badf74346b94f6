package dev.lander.relay.udp;

import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.relay.OpenList;
import dev.lander.relay.RelayEnd;
import dev.lander.sockets.FdBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many UDP flows may be open. At the limit, and when descriptors run short, the least recently used flow ends to
 * make room. The descriptor of a flow that has ended is free after the next select only.
 */
final class FlowBudget {
    /** Whether there is room for another flow. */
    enum Room {
        /** There is, and it is taken. */
        TAKEN,
        /** After the next select there will be, or what waits for it makes room then. */
        COMING,
        /** There is no flow that could make room, now or then. */
        NONE
    }

    private final Reactor reactor;
    private final BurstLog log;
    private final FdBudget fds;
    private final int limit;

    /** One list for each timeout; in each the least recently used flow is the first. */
    private final Map<Duration, Deadlines> byTimeout = new HashMap<>();

    private final List<Deadlines> timeouts = new ArrayList<>();
    private final Runnable forgetPromises = this::forgetPromises;
    private final OpenList flows = new OpenList();
    private int open;

    /** Datagrams that wait for the next select; perhaps for more descriptors than come free there. */
    private int promised;

    /** A flow whose time comes now is to make room. */
    private boolean evicting;

    FlowBudget(Reactor reactor, BurstLog log, FdBudget fds, int limit) {
        this.reactor = reactor;
        this.log = log;
        this.fds = fds;
        this.limit = limit;
    }

    int open() {
        return open;
    }

    /** All that are open. */
    OpenList list() {
        return flows;
    }

    int limit() {
        return limit;
    }

    /** A deadline by which a flow with this timeout ends, and its age is known. */
    Deadline deadline(Duration timeout, DeadlineHandler flow) {
        Deadlines list = byTimeout.get(timeout);
        if (list == null) {
            list = reactor.ownDeadlines(timeout);
            byTimeout.put(timeout, list);
            timeouts.add(list);
        }
        return list.create(flow);
    }

    /** Why the flow whose deadline is due ends. */
    RelayEnd whyExpired() {
        return evicting ? RelayEnd.EVICTED : RelayEnd.TIMEOUT;
    }

    /** Takes room for another flow. */
    Room take() {
        if (open >= limit && !endOldestFlow()) {
            return Room.NONE;
        }
        if (fds.free() >= 1) {
            open++;
            fds.hold(1);
            return Room.TAKEN;
        }
        if (fds.freeSoon() <= promised && !endOldestFlow() && promised == 0) {
            return Room.NONE;
        }
        if (promised == 0) {
            reactor.afterSelect(forgetPromises);
        }
        promised++;
        return Room.COMING;
    }

    /** A flow has ended: its socket is closed, or will be at the next select. */
    void giveBack() {
        open--;
        assert open >= 0 : "a flow was given back twice";
        fds.release(1);
    }

    /**
     * Ends the least recently used flows until this many descriptors are free, or will be after the next select.
     *
     * @return whether they are free now
     */
    boolean makeRoom(int descriptors) {
        while (fds.freeSoon() - promised < descriptors && endOldestFlow()) {
            // Another one.
        }
        return fds.free() >= descriptors;
    }

    /** Ends the least recently used flow; false when there is none. */
    private boolean endOldestFlow() {
        Deadlines oldest = oldest();
        if (oldest == null) {
            return false;
        }
        evicting = true;
        oldest.expireFirst();
        evicting = false;
        log.count(Counter.FLOW_EVICTED, this);
        return true;
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "open=" + open;
    }

    private @Nullable Deadlines oldest() {
        Deadlines oldest = null;
        long startedNs = Long.MAX_VALUE;
        for (int i = 0; i < timeouts.size(); i++) {
            Deadlines list = timeouts.get(i);
            if (list.firstStartNs() < startedNs) {
                startedNs = list.firstStartNs();
                oldest = list;
            }
        }
        return oldest;
    }

    private void forgetPromises() {
        promised = 0;
    }
}
