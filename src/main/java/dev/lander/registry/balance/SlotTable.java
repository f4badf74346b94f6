package dev.lander.registry.balance;

import java.util.Arrays;
import java.util.List;

/**
 * Which candidate gets which slot in Maglev's lookup table (NSDI 2016, section 3.4): each candidate prefers the slots
 * in an order of its own, given by its identity, and they take turns in claiming the next one that is still free.
 */
final class SlotTable {
    /** The sizes are primes, so that every step from slot to slot leads to all of them. */
    private static final int FEW_SLOTS = 65_537;

    private static final int MANY_SLOTS = 524_309;

    /** With more, a turn more or less would be over one percent of a candidate's slots. */
    private static final int FEW_CANDIDATES = FEW_SLOTS / 100;

    private static final int FREE = -1;

    private SlotTable() {}

    /** How many slots this many candidates share. Between the two sizes nearly every client moves. */
    static int size(int candidates) {
        return candidates <= FEW_CANDIDATES ? FEW_SLOTS : MANY_SLOTS;
    }

    /** For each slot the index of the candidate that has it. They claim in their order. */
    static int[] fill(List<? extends Candidate> candidates) {
        int count = candidates.size();
        int[] table = new int[size(count)];
        Arrays.fill(table, FREE);
        int[] slots = new int[count];
        int[] steps = new int[count];
        int[] weights = new int[count];
        long total = 0;
        for (int i = 0; i < count; i++) {
            long hash = Hash.of(candidates.get(i).identity());
            slots[i] = (int) Long.remainderUnsigned(hash, table.length);
            steps[i] = 1 + (int) Long.remainderUnsigned(Hash.mix(~hash), table.length - 1);
            weights[i] = candidates.get(i).weight();
            total += weights[i];
        }
        // Whoever has this weight claims one slot a turn. Were it the mean itself, it would change with every
        // candidate.
        long unit = Long.highestOneBit(total / count);
        long[] claims = new long[count];
        int free = table.length;
        for (long turn = 1; ; turn++) {
            for (int i = 0; i < count; i++) {
                for (; claims[i] * unit < turn * weights[i]; claims[i]++) {
                    slots[i] = claim(table, i, slots[i], steps[i]);
                    if (--free == 0) {
                        return table;
                    }
                }
            }
        }
    }

    /** Gives the candidate the first free slot on its way, and returns the next one on it. */
    private static int claim(int[] table, int candidate, int start, int step) {
        int slot = start;
        while (table[slot] != FREE) {
            slot = next(slot, step, table.length);
        }
        table[slot] = candidate;
        return next(slot, step, table.length);
    }

    private static int next(int slot, int step, int size) {
        int next = slot + step;
        return next < size ? next : next - size;
    }
}
