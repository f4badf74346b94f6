package dev.lander.reactor;

import dev.lander.sockets.Sockets;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One level-triggered selector loop. A turn is: wait for readiness, call the handlers of the ready keys (and what they
 * put off, {@link #atBurstEnd}), run what waited for the select ({@link #afterSelect}), run tasks from other threads,
 * fire the deadlines that are due, run what waits for the turn's end ({@link #atTurnEnd}).
 *
 * <p>Deadlines come after the handlers on purpose: what a peer has sent in time is read before anyone is judged for
 * silence. And the loop's time ({@link #nowNs}) stands still while the process does, see {@link LoopClock}, so that no
 * deadline comes due by it.
 *
 * <p>Work that throws is contained: the {@link FaultListener} hears of it, and the work's {@link FaultHandler} ends. An
 * {@link Error} ends the loop.
 *
 * <p>Only {@link #execute}, {@link #stop} and {@link #wakeup} may be called from other threads once the loop runs.
 */
public final class Reactor {
    private final Sockets sockets;
    private final Selector selector;
    private final LoopClock clock;
    private final Faults faults;
    private final Timetable timetable;
    private final PutOff afterSelect;
    private final PutOff turnEnd;
    private final Burst burst;
    private final ClosingChannels closing = new ClosingChannels();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Wait wait;

    /** How long this turn's select may take; {@link Long#MAX_VALUE} = for ever. */
    private long timeoutNs;

    /** Whether the clock was read in this turn. */
    private boolean turnBegun;

    /** Told how long each turn took; null = nobody asks, and the clock is not read for it. */
    private @Nullable LongConsumer turnTimes;

    /** The one that the loop runs on; null while it does not run. */
    private @Nullable Thread thread;

    private volatile boolean stopping;

    /**
     * Opens the selector.
     *
     * @param sockets opens it, and the channels that it is going to announce
     * @param clock a monotonic clock in nanoseconds, read once a turn
     * @param listener hears of contained exceptions
     */
    public Reactor(Sockets sockets, LongSupplier clock, FaultListener listener) throws IOException {
        this.sockets = sockets;
        this.selector = sockets.openSelector();
        this.clock = new LoopClock(clock);
        this.faults = new Faults(listener);
        this.timetable = new Timetable(this.clock, faults);
        this.afterSelect = new PutOff(faults);
        this.turnEnd = new PutOff(faults);
        this.burst = new Burst();
        this.wait = new Wait(selector, this::dispatch, this.clock, () -> !tasks.isEmpty() || stopping);
    }

    /** Opens channels that can be registered here. */
    public Sockets sockets() {
        return sockets;
    }

    /**
     * Polls for this long before each wait; zero = not at all. News is seen sooner, at the price of a busy processor.
     */
    public void busyPoll(Duration length) {
        wait.setPollNs(length.toNanos());
    }

    /** The time of this turn, in nanoseconds from an arbitrary origin; see {@link LoopClock} for stalls. */
    public long nowNs() {
        return clock.nowNs();
    }

    /** The deadlines of this length: the same list for the same length, for deadlines of any kind. */
    public Deadlines deadlines(Duration length) {
        return timetable.shared(length);
    }

    /** A list of its own for deadlines of one kind, for an owner that ends the first of them early. */
    public Deadlines ownDeadlines(Duration length) {
        return timetable.own(length);
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
        assert isOwnThread() : "another thread registers a channel";
        return channel.register(selector, interestOps, handler);
    }

    /** The key's channel gets another handler; its readiness goes there from now on. */
    public void handOver(SelectionKey key, ReadyHandler handler) {
        assert isOwnThread() : "another thread hands a channel over";
        key.attach(handler);
    }

    /** Closes the channel right after the next select; its handler is not called any more. */
    public void closeSoon(SelectionKey key) {
        assert isOwnThread() : "another thread closes a channel";
        closing.add(key);
    }

    /** Runs the task on the loop's thread, soon. From any thread. */
    public void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /**
     * Runs the task right after the next select; a handler is still within the present one. Then the ports and
     * descriptors of channels closed before it are free.
     */
    public void afterSelect(Runnable task) {
        afterSelect(null, task);
    }

    /** Like {@link #afterSelect(Runnable)}; a defect in the task ends what the owner owns. */
    public void afterSelect(@Nullable FaultHandler owner, Runnable task) {
        assert isOwnThread() : "another thread puts work off";
        afterSelect.add(owner, task);
    }

    /** Runs the task when this turn's handlers and deadlines have run. */
    public void atTurnEnd(Runnable task) {
        atTurnEnd(null, task);
    }

    /** Like {@link #atTurnEnd(Runnable)}; a defect in the task ends what the owner owns. */
    public void atTurnEnd(@Nullable FaultHandler owner, Runnable task) {
        assert isOwnThread() : "another thread puts work off";
        turnEnd.add(owner, task);
    }

    /**
     * Runs the task when the ready handlers of the present one's class that come in a row have been called: before one
     * of another class is, or anything else. So several connections' work of one kind is done together, and is not held
     * up by work of other kinds. Outside of a handler it is run at this turn's end at the latest.
     */
    public void atBurstEnd(Runnable task) {
        assert isOwnThread() : "another thread puts work off";
        if (!burst.isAwaitedBy(task)) {
            endBurst();
            burst.await(task);
        }
    }

    /** Whether this turn has taken more than a millisecond: work of which there is much should wait for the next. */
    public boolean isTurnLong() {
        return clock.isTurnLong();
    }

    /** The handler has failed, in what it was called for or in work that it had put off: its connection ends. */
    public void contain(FaultHandler handler, Exception fault) {
        faults.contain(handler, fault);
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
        thread = Thread.currentThread();
        try (selector) {
            clock.start();
            while (!stopping) {
                turn();
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            closing.closeAll();
        } finally {
            thread = null;
        }
    }

    private void turn() throws IOException {
        prepareTurn();
        wait.select(timeoutNs);
        endBurst();
        beginTurn();
        afterSelect.run();
        runTasks();
        timetable.fireDue();
        turnEnd.mark();
        turnEnd.run();
        endBurst();
        LongConsumer asking = turnTimes;
        if (asking != null) {
            asking.accept(clock.turnNs());
        }
    }

    private void prepareTurn() {
        timeoutNs = timeoutNs();
        turnBegun = false;
        afterSelect.mark();
        closing.onSelect();
    }

    /**
     * How long the next select may take; 0 = not at all, {@link Long#MAX_VALUE} = for ever. Never long with a deadline
     * ahead: when the process stalls, only as much of it counts as time as the select could have taken.
     */
    private long timeoutNs() {
        boolean putOff = !afterSelect.isEmpty() || !turnEnd.isEmpty() || burst.isAwaited();
        if (putOff || !closing.isEmpty() || !tasks.isEmpty()) {
            return 0;
        }
        long dueNs = timetable.nextDueNs();
        return dueNs == Long.MAX_VALUE ? dueNs : Math.max(0, Math.min(LoopClock.STALL_NS, dueNs - clock.nowNs()));
    }

    /** Reads the clock, once a turn: at the first ready key, or after a select that found none. */
    private void beginTurn() {
        if (!turnBegun) {
            turnBegun = true;
            clock.beginTurn(timeoutNs);
            closing.closeDeselected();
        }
    }

    /** Calls the key's handler; what it throws ends what it owns. */
    private void dispatch(SelectionKey key) {
        beginTurn();
        ReadyHandler handler = (ReadyHandler) key.attachment();
        Class<?> kind = handler.getClass();
        if (burst.endsBefore(kind)) {
            endBurst();
        }
        burst.next(kind);
        // An earlier handler of this turn may have closed this key's channel.
        if (!key.isValid()) {
            return;
        }
        try {
            handler.onReady(key.readyOps());
        } catch (IOException | RuntimeException fault) {
            faults.contain(handler, fault);
        }
    }

    private void endBurst() {
        Runnable task = burst.end();
        if (task != null) {
            faults.run(task);
        }
    }

    private void runTasks() {
        for (int waiting = tasks.size(); waiting > 0; waiting--) {
            Runnable task = tasks.poll();
            if (task != null) {
                faults.run(task);
            }
        }
    }

    private boolean isOwnThread() {
        return thread == null || thread == Thread.currentThread();
    }
}
