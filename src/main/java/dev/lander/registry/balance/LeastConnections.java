package dev.lander.registry.balance;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whoever has the fewest open relays for its weight: the weighted least-connection scheduling of the Linux Virtual
 * Server (Wensong Zhang, 2000). Ties take turns: of equally loaded candidates the one is next that was chosen, or has
 * joined, longest ago.
 *
 * <p>The candidates are in a binary heap. Every operation is O(log n); of a choice's refusals each costs two looks
 * more.
 */
public final class LeastConnections<C extends Candidate> implements BalancingPolicy<C> {
    private static final class Entry<C extends Candidate> {
        final C candidate;
        final int weight;

        /** As the heap knows it. */
        int active;

        /** When it was chosen or has joined. */
        long turn;

        int index;

        Entry(C candidate) {
            this.candidate = candidate;
            this.weight = candidate.weight();
            this.active = candidate.load();
        }

        boolean isBefore(Entry<C> other) {
            long load = (long) active * other.weight;
            long otherLoad = (long) other.active * weight;
            return load == otherLoad ? turn < other.turn : load < otherLoad;
        }
    }

    private final IdentityHashMap<C, Entry<C>> entries = new IdentityHashMap<>();
    private final List<Entry<C>> heap = new ArrayList<>();
    private long turns;

    @Override
    public void join(C candidate) {
        Entry<C> entry = new Entry<>(candidate);
        entry.turn = ++turns;
        entries.put(candidate, entry);
        heap.add(entry);
        put(entry, heap.size() - 1);
        settle(entry);
    }

    @Override
    public void leave(C candidate) {
        Entry<C> entry = Objects.requireNonNull(entries.remove(candidate), "has not joined");
        Entry<C> last = heap.remove(heap.size() - 1);
        if (last != entry) {
            put(last, entry.index);
            settle(last);
        }
    }

    @Override
    public void activeChanged(C candidate) {
        Entry<C> entry = entries.get(candidate);
        if (entry != null) {
            entry.active = candidate.load();
            settle(entry);
        }
    }

    @Override
    public @Nullable C choose(InetAddress client, Predicate<? super C> admits) {
        Entry<C> chosen = leastAdmitted(0, null, admits);
        if (chosen == null) {
            return null;
        }
        chosen.turn = ++turns;
        settle(chosen);
        return chosen.candidate;
    }

    /** The least of the known one and all below the index; looks below refused ones only. */
    private @Nullable Entry<C> leastAdmitted(int index, @Nullable Entry<C> known, Predicate<? super C> admits) {
        if (index >= heap.size()) {
            return known;
        }
        Entry<C> entry = heap.get(index);
        if (known != null && known.isBefore(entry)) {
            return known;
        } else if (admits.test(entry.candidate)) {
            return entry;
        }
        return leastAdmitted(2 * index + 2, leastAdmitted(2 * index + 1, known, admits), admits);
    }

    /** Moves the entry to where it belongs; all others are in order. */
    private void settle(Entry<C> entry) {
        while (entry.index > 0 && entry.isBefore(heap.get((entry.index - 1) / 2))) {
            swapWithParent(entry);
        }
        for (Entry<C> child = lesserChild(entry); child != null && child.isBefore(entry); child = lesserChild(entry)) {
            swapWithParent(child);
        }
    }

    private @Nullable Entry<C> lesserChild(Entry<C> entry) {
        int left = 2 * entry.index + 1;
        if (left >= heap.size()) {
            return null;
        }
        Entry<C> child = heap.get(left);
        return left + 1 < heap.size() && heap.get(left + 1).isBefore(child) ? heap.get(left + 1) : child;
    }

    private void swapWithParent(Entry<C> entry) {
        int index = entry.index;
        Entry<C> parent = heap.get((index - 1) / 2);
        put(entry, parent.index);
        put(parent, index);
    }

    private void put(Entry<C> entry, int index) {
        heap.set(index, entry);
        entry.index = index;
    }
}
