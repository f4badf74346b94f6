package dev.lander.reactor;

import dev.lander.sockets.Channels;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One level-triggered selector loop. A turn is: wait for readiness, call the handlers of the ready keys (and what they
 * put off, {@link #atBurstEnd}), run what waited for the select ({@link #afterSelect}), run tasks from other threads,
 * fire the deadlines that are due, run what waits for the turn's end ({@link #atTurnEnd}).
 *
 * <p>Deadlines come after the handlers on purpose: what a peer has sent in time is read before anyone is judged for
 * silence. And the loop's time ({@link #nowNs}) stands still while the process does: when a turn begins later than the
 * loop asked for by more than {@link #STALL_NS}, as after SIGSTOP or on a paused machine, the surplus does not count,
 * so no deadline comes due by it.
 *
 * <p>Only {@link #execute}, {@link #stop} and {@link #wakeup} may be called from other threads.
 */
public final class Reactor {
    /** A turn that begins so much later than planned was held up from outside. */
    static final long STALL_NS = 1_000_000_000L;

    private static final long NS_PER_MS = 1_000_000L;

    private final Selector selector;
    private final LongSupplier clock;
    private final FaultListener faults;
    private final Consumer<SelectionKey> dispatch = this::dispatch;
    private final List<Deadlines> deadlines = new ArrayList<>();

    /** Those of {@link #deadlines} that are for anybody, by their length. */
    private final Map<Duration, Deadlines> shared = new HashMap<>();

    private final ArrayDeque<Runnable> afterSelect = new ArrayDeque<>();

    /** Channels whose keys are cancelled. */
    private final ArrayDeque<SelectableChannel> closing = new ArrayDeque<>();

    /** Those of them that were there when this turn's select began. */
    private int closingNow;

    private final ArrayDeque<Runnable> turnEnd = new ArrayDeque<>();

    /** Waits for the end of the burst of handlers of this class; null = nothing does. */
    private @Nullable Runnable burstEnd;

    /** The class of the handler that was called last. */
    private @Nullable Class<?> burst;

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /** Time that the process stood still, in all. */
    private long stalledNs;

    /** The clock at this turn's beginning, as read. */
    private long readNs;

    /** How long this turn's select may take; {@link Long#MAX_VALUE} = for ever. */
    private long timeoutNs;

    /** How long is polled before each wait. */
    private long busyPollNs;

    /** Whether the clock was read in this turn. */
    private boolean turnBegun;

    /** Told how long each turn took; null = nobody asks, and the clock is not read for it. */
    private @Nullable LongConsumer turnTimes;

    private volatile boolean stopping;

    /**
     * Opens the selector.
     *
     * @param clock a monotonic clock in nanoseconds, read once a turn
     * @param faults hears of contained exceptions
     */
    public Reactor(LongSupplier clock, FaultListener faults) throws IOException {
        this.selector = Selector.open();
        this.clock = clock;
        this.faults = faults;
        this.readNs = clock.getAsLong();
    }

    /**
     * Polls for so long before it waits, each time: news is seen sooner, at the price of a busy processor.
     *
     * @param length zero = waits at once
     */
    public void busyPoll(Duration length) {
        busyPollNs = length.toNanos();
    }

    /** The time of this turn, in nanoseconds from an arbitrary origin; see the class for stalls. */
    public long nowNs() {
        return readNs - stalledNs;
    }

    /** The deadlines of this length: the same list for the same length, for deadlines of any kind. */
    public Deadlines deadlines(Duration length) {
        return shared.computeIfAbsent(length, this::ownDeadlines);
    }

    /** A list of its own for deadlines of one kind, for who wants to end the first of them early. */
    public Deadlines ownDeadlines(Duration length) {
        Deadlines list = new Deadlines(this, length.toNanos());
        deadlines.add(list);
        return list;
    }

    /** Tells the listener how many nanoseconds each turn took, without its wait, for one more reading of the clock. */
    public void measureTurns(LongConsumer listener) {
        turnTimes = listener;
    }

    /**
     * Registers a non-blocking channel; the handler owns it.
     *
     * @throws IOException when the channel is closed
     */
    public SelectionKey register(SelectableChannel channel, int interestOps, ReadyHandler handler) throws IOException {
        return channel.register(selector, interestOps, handler);
    }

    /** The key's channel gets another handler; its readiness goes there from now on. */
    public void handOver(SelectionKey key, ReadyHandler handler) {
        key.attach(handler);
    }

    /**
     * Closes the channel right after the next select; its handler is not called any more. A channel that the selector
     * still holds would be closed with two system calls more, to say at once that it ends.
     */
    public void closeSoon(SelectionKey key) {
        key.cancel();
        closing.add(key.channel());
    }

    /** Runs the task on the loop's thread, soon. From any thread. */
    public void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /**
     * Runs the task right after the next select; a handler is still within the present one. Then the ports of channels
     * closed before it are free.
     */
    public void afterSelect(Runnable task) {
        afterSelect.add(task);
    }

    /** Runs the task when this turn's handlers and deadlines have run. */
    public void atTurnEnd(Runnable task) {
        turnEnd.add(task);
    }

    /**
     * Runs the task when the ready handlers of the present one's class that come in a row have been called: before one
     * of another class is, or anything else. So several connections' work of one kind is done together, and is not held
     * up by work of other kinds. Outside of a handler it is run at this turn's end at the latest.
     */
    public void atBurstEnd(Runnable task) {
        if (burstEnd != task) {
            endBurst();
            burstEnd = task;
        }
    }

    /** The handler has failed, in what it was called for or in work that it had put off: its connection ends. */
    public void contain(ReadyHandler handler, Exception fault) {
        faults.onFault(handler, fault);
        try {
            handler.onFault(fault);
        } catch (RuntimeException second) {
            faults.onFault(handler, second);
        }
    }

    /** Begins another turn, as when a hand-moved clock was moved. From any thread. */
    public void wakeup() {
        selector.wakeup();
    }

    /** Ends the loop after the present turn. From any thread. */
    public void stop() {
        stopping = true;
        selector.wakeup();
    }

    /**
     * Turns until {@link #stop}, then closes all registered channels and the selector.
     *
     * @throws IOException when the selector itself fails
     */
    public void run() throws IOException {
        try (selector) {
            readNs = clock.getAsLong();
            while (!stopping) {
                turn();
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            closing.forEach(Channels::close);
        }
    }

    private void turn() throws IOException {
        int waitForThisSelect = afterSelect.size();
        closingNow = closing.size();
        timeoutNs = timeoutNs();
        turnBegun = false;
        select();
        endBurst();
        beginTurn();
        run(waitForThisSelect, afterSelect);
        for (int waiting = tasks.size(); waiting > 0; waiting--) {
            Runnable task = tasks.poll();
            if (task != null) {
                contain(task);
            }
        }
        for (int i = 0; i < deadlines.size(); i++) {
            fire(deadlines.get(i));
        }
        run(turnEnd.size(), turnEnd);
        endBurst();
        LongConsumer asking = turnTimes;
        if (asking != null) {
            asking.accept(clock.getAsLong() - readNs);
        }
    }

    private void select() throws IOException {
        long waitNs = timeoutNs;
        if (busyPollNs > 0 && waitNs > 0) {
            long pollNs = Math.min(busyPollNs, waitNs);
            if (poll(pollNs)) {
                return;
            }
            waitNs = waitNs == Long.MAX_VALUE ? waitNs : waitNs - pollNs;
        }
        if (waitNs == 0) {
            selector.selectNow(dispatch);
        } else if (waitNs == Long.MAX_VALUE) {
            selector.select(dispatch);
        } else {
            selector.select(dispatch, (waitNs + NS_PER_MS - 1) / NS_PER_MS);
        }
    }

    /** Asks over and over without waiting; true when something came. */
    private boolean poll(long lengthNs) throws IOException {
        long beginNs = clock.getAsLong();
        do {
            if (selector.selectNow(dispatch) > 0 || !tasks.isEmpty() || stopping) {
                return true;
            }
        } while (clock.getAsLong() - beginNs < lengthNs);
        return false;
    }

    /**
     * How long the next select may take; 0 = not at all, {@link Long#MAX_VALUE} = for ever. Never long with a deadline
     * ahead: of a stall so much counts as time as the select could have taken.
     */
    private long timeoutNs() {
        if (!afterSelect.isEmpty()
                || !closing.isEmpty()
                || !tasks.isEmpty()
                || !turnEnd.isEmpty()
                || burstEnd != null) {
            return 0;
        }
        long dueNs = Long.MAX_VALUE;
        for (int i = 0; i < deadlines.size(); i++) {
            dueNs = Math.min(dueNs, deadlines.get(i).nextDueNs());
        }
        return dueNs == Long.MAX_VALUE ? dueNs : Math.max(0, Math.min(STALL_NS, dueNs - nowNs()));
    }

    /** Reads the clock, once a turn: at the first ready key, or after a select that found none. */
    private void beginTurn() {
        if (turnBegun) {
            return;
        }
        turnBegun = true;
        long previousNs = readNs;
        readNs = clock.getAsLong();
        long takenNs = readNs - previousNs;
        for (; closingNow > 0; closingNow--) {
            Channels.close(closing.remove());
        }
        if (timeoutNs != Long.MAX_VALUE && takenNs - timeoutNs > STALL_NS) {
            stalledNs += takenNs - timeoutNs;
        }
    }

    private void dispatch(SelectionKey key) {
        beginTurn();
        ReadyHandler handler = (ReadyHandler) key.attachment();
        if (burstEnd != null && handler.getClass() != burst) {
            endBurst();
        }
        // An earlier handler of this turn may have closed this key's channel.
        if (!key.isValid()) {
            return;
        }
        burst = handler.getClass();
        try {
            handler.onReady(key.readyOps());
        } catch (IOException | RuntimeException fault) {
            contain(handler, fault);
        }
    }

    private void endBurst() {
        Runnable task = burstEnd;
        if (task != null) {
            burstEnd = null;
            contain(task);
        }
    }

    private void contain(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException fault) {
            faults.onFault(task, fault);
        }
    }

    private void fire(Deadlines list) {
        for (Deadline due = list.pollDue(nowNs()); due != null; due = list.pollDue(nowNs())) {
            contain(due.action());
        }
    }

    /** Runs the first of those that wait; what was added since they were counted waits for the next time. */
    private void run(int count, ArrayDeque<Runnable> waiting) {
        for (int left = count; left > 0; left--) {
            contain(waiting.remove());
        }
    }
}
