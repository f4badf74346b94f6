package dev.lander.simulation.network;

import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A level-triggered selector on simulated time: while the program waits in it, the world goes on. Cancelled keys are
 * let go of before and after the wait, as the JDK does it on Linux, and never while ready keys are being handled.
 */
public final class SimulatedSelector extends AbstractSelector {
    /** What one turn of a program takes at least and at most: time passes for a busy one, too. */
    private static final long LEAST_TURN_NS = 2_000;

    private static final long MOST_TURN_NS = 60_000;

    private static final long NS_PER_MS = 1_000_000L;
    private static final long FOR_EVER = Long.MAX_VALUE;

    private final Host host;
    private final Timeline timeline;
    private final SplittableRandom random;
    private final Set<SelectionKey> keys = new LinkedHashSet<>();
    private long registered;
    private final Set<SelectionKey> selected = new LinkedHashSet<>();

    /** Of keys that may be ready: they were when they were looked at last, or something has changed since. */
    private final Set<SimulatedKey> suspects = new LinkedHashSet<>();

    private boolean wakeup;
    private boolean handling;

    /** The program stands still until then. */
    private long stalledUntilNs;

    /** A channel has changed since they were looked at. */
    private boolean news;

    private Runnable onTurn = () -> {};

    /** Some selects announce a channel that is not ready: one in this many; 0 = none. */
    private int spuriousOneIn;

    SimulatedSelector(SelectorProvider provider, Host host, SplittableRandom random) {
        super(provider);
        this.host = host;
        this.timeline = host.timeline();
        this.random = random;
    }

    /** The program stands still for this time from its next select on, while the world goes on. */
    public void stall(long lengthNs) {
        stalledUntilNs = Math.max(stalledUntilNs, timeline.nowNs() + lengthNs);
    }

    /** Runs this at the end of each turn of the program: when its next select has let go of what is closed. */
    public void onTurn(Runnable action) {
        onTurn = action;
    }

    /** Has selects announce channels that are not ready, one in this many; 0 = never. */
    public void announceSpuriously(int oneIn) {
        spuriousOneIn = oneIn;
    }

    @Override
    public Set<SelectionKey> keys() {
        ensureOpen();
        return Collections.unmodifiableSet(keys);
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        ensureOpen();
        return selected;
    }

    @Override
    public int selectNow() {
        return selectInto(selected, 0);
    }

    @Override
    public int select(long timeoutMs) {
        return selectInto(selected, timeoutMs == 0 ? FOR_EVER : timeoutMs * NS_PER_MS);
    }

    @Override
    public int select() {
        return selectInto(selected, FOR_EVER);
    }

    @Override
    public int selectNow(Consumer<SelectionKey> action) {
        return handle(action, 0);
    }

    @Override
    public int select(Consumer<SelectionKey> action, long timeoutMs) {
        return handle(action, timeoutMs == 0 ? FOR_EVER : timeoutMs * NS_PER_MS);
    }

    @Override
    public int select(Consumer<SelectionKey> action) {
        return handle(action, FOR_EVER);
    }

    @Override
    public Selector wakeup() {
        wakeup = true;
        return this;
    }

    @Override
    protected void implCloseSelector() {
        for (SelectionKey key : new ArrayList<>(keys)) {
            key.cancel();
        }
        letGoOfCancelled();
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, @Nullable Object attachment) {
        if (!(channel instanceof SimulatedChannel)) {
            throw new IllegalArgumentException("no channel of this network: " + channel);
        }
        SimulatedKey key = new SimulatedKey(this, channel, registered++, ops);
        key.attach(attachment);
        keys.add(key);
        key.simulated().descriptor().watch(() -> {
            news = true;
            suspects.add(key);
        });
        suspects.add(key);
        return key;
    }

    /** What is awaited of the key, or what its program has done to its channel, may make it ready. */
    void suspect(SimulatedKey key) {
        suspects.add(key);
    }

    private int selectInto(Set<SelectionKey> target, long timeoutNs) {
        List<SimulatedKey> ready = await(timeoutNs);
        target.addAll(ready);
        return ready.size();
    }

    private int handle(Consumer<SelectionKey> action, long timeoutNs) {
        List<SimulatedKey> ready = await(timeoutNs);
        int handled = 0;
        handling = true;
        try {
            for (SimulatedKey key : ready) {
                if (key.isStillReady()) {
                    action.accept(key);
                    handled++;
                }
            }
        } finally {
            handling = false;
        }
        return handled;
    }

    private List<SimulatedKey> await(long timeoutNs) {
        ensureOpen();
        if (handling) {
            throw new IllegalStateException("select in progress");
        }
        letGoOfCancelled();
        onTurn.run();
        host.descriptors().calls().onTurn();
        timeline.runUntil(timeline.nowNs() + random.nextLong(LEAST_TURN_NS, MOST_TURN_NS));
        long untilNs = timeoutNs > FOR_EVER - timeline.nowNs() ? FOR_EVER : timeline.nowNs() + timeoutNs;
        timeline.runUntil(stalledUntilNs);
        List<SimulatedKey> ready = ready();
        while (ready.isEmpty() && !wakeup && timeline.runNext(untilNs)) {
            timeline.runUntil(stalledUntilNs);
            if (news) {
                ready = ready();
            }
        }
        if (ready.isEmpty() && !wakeup) {
            if (untilNs == FOR_EVER) {
                throw new IllegalStateException("the program waits for ever: nothing more happens");
            }
            timeline.runUntil(untilNs);
        }
        wakeup = false;
        letGoOfCancelled();
        return ready;
    }

    /** The ready keys, in an order that the random numbers decide: nobody may rely on one. */
    private List<SimulatedKey> ready() {
        news = false;
        SimulatedKey unfounded = unfounded();
        List<SimulatedKey> ready = new ArrayList<>();
        for (Iterator<SimulatedKey> all = suspects.iterator(); all.hasNext(); ) {
            SimulatedKey key = all.next();
            int ops = key.isValid() && key.interestOps() != 0 ? readyOps(key) : 0;
            if (ops != 0) {
                announce(key, ops, ready);
            } else {
                all.remove();
            }
        }
        if (unfounded != null && !ready.contains(unfounded) && unfounded.isValid()) {
            int ops = unfounded.interestOps() & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT);
            if (ops != 0) {
                announce(unfounded, ops, ready);
            }
        }
        return ready;
    }

    private void announce(SimulatedKey key, int ops, List<SimulatedKey> ready) {
        key.announce(ops);
        ready.add(random.nextInt(ready.size() + 1), key);
    }

    /** Any key, now and then, if some are announced though they are not ready. */
    private @Nullable SimulatedKey unfounded() {
        if (spuriousOneIn == 0 || keys.isEmpty() || random.nextInt(spuriousOneIn) > 0) {
            return null;
        }
        return (SimulatedKey)
                keys.stream().skip(random.nextInt(keys.size())).findFirst().orElseThrow();
    }

    private int readyOps(SimulatedKey key) {
        SimulatedChannel channel = key.simulated();
        int events = channel.descriptor().poll();
        if ((events & (Poll.ERR | Poll.HUP)) != 0) {
            return key.channel().validOps(); // whatever the program is interested in when the key's turn comes
        }
        return channel.readyOps(events, key.interestOps());
    }

    private void letGoOfCancelled() {
        List<SelectionKey> cancelled = new ArrayList<>(cancelledKeys());
        cancelledKeys().removeAll(cancelled);
        // The set is ordered by where its keys lie in memory, of which no run may depend.
        cancelled.sort(Comparator.comparingLong(key -> ((SimulatedKey) key).number()));
        for (SelectionKey key : cancelled) {
            keys.remove(key);
            suspects.remove((SimulatedKey) key);
            selected.remove(key);
            deregister((AbstractSelectionKey) key);
            if (!key.channel().isRegistered()) {
                ((SimulatedKey) key).simulated().onDeregistered();
            }
        }
    }

    private void ensureOpen() {
        if (!isOpen()) {
            throw new ClosedSelectorException();
        }
    }
}
