package dev.lander.registry.balance;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The less loaded of two candidates drawn at random: Michael Mitzenmacher, "The Power of Two Choices in Randomized Load
 * Balancing" (1996).
 *
 * <p>Each is drawn as often as its weight says, and the two are always different ones. The lower active/weight wins, of
 * equals the one drawn first: so clients spread by weight when all are idle, too.
 *
 * <p>Every operation is O(log n), unless nearly all are refused.
 */
public final class RandomOfTwo<C extends Candidate> implements BalancingPolicy<C> {
    /** Pairs drawn before a search for any candidate that is admitted. */
    private static final int DRAWS = 4;

    private final RandomGenerator random;
    private final List<C> candidates = new ArrayList<>();

    /** Where in the list each is. */
    private final IdentityHashMap<C, Integer> indices = new IdentityHashMap<>();

    /** A binary tree: the weight of candidate i is at leaves + i, and the sum of 2i and 2i + 1 is at i. */
    private int[] weights = new int[2];

    private int leaves = 1;

    /** Chooses by the generator's numbers alone. */
    public RandomOfTwo(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public void join(C candidate) {
        int index = candidates.size();
        if (index == leaves) {
            grow();
        }
        candidates.add(candidate);
        indices.put(candidate, index);
        weigh(index, candidate.weight());
    }

    @Override
    public void leave(C candidate) {
        Integer index = Objects.requireNonNull(indices.remove(candidate), "has not joined");
        int lastIndex = candidates.size() - 1;
        C last = candidates.remove(lastIndex);
        if (last != candidate) {
            candidates.set(index, last);
            indices.put(last, index);
            weigh(index, weights[leaves + lastIndex]);
        }
        weigh(lastIndex, 0);
    }

    @Override
    public @Nullable C choose(InetAddress client, Predicate<? super C> admits) {
        if (candidates.isEmpty()) {
            return null;
        }
        for (int draw = 0; draw < DRAWS; draw++) {
            int first = at(random.nextInt(weights[1]));
            int second = candidates.size() == 1 ? first : drawBut(first);
            int better = isLessLoaded(second, first) ? second : first;
            int other = better == first ? second : first;
            if (admits.test(candidates.get(better))) {
                return candidates.get(better);
            } else if (admits.test(candidates.get(other))) {
                return candidates.get(other);
            }
        }
        return search(admits);
    }

    private @Nullable C search(Predicate<? super C> admits) {
        int count = candidates.size();
        int start = random.nextInt(count);
        for (int i = 0; i < count; i++) {
            C candidate = candidates.get((start + i) % count);
            if (admits.test(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    /** Draws among the others, as if the one's share of the weights were cut out. */
    private int drawBut(int excluded) {
        int share = weights[leaves + excluded];
        int point = random.nextInt(weights[1] - share);
        return at(point < weightBefore(excluded) ? point : point + share);
    }

    private boolean isLessLoaded(int a, int b) {
        return (long) candidates.get(a).load() * weights[leaves + b]
                < (long) candidates.get(b).load() * weights[leaves + a];
    }

    /** Whose share of the weights, put end to end, has the point. */
    private int at(int point) {
        int rest = point;
        int node = 1;
        while (node < leaves) {
            node *= 2;
            if (rest >= weights[node]) {
                rest -= weights[node];
                node++;
            }
        }
        return node - leaves;
    }

    private int weightBefore(int index) {
        int sum = 0;
        for (int node = leaves + index; node > 1; node /= 2) {
            sum += node % 2 == 1 ? weights[node - 1] : 0;
        }
        return sum;
    }

    private void weigh(int index, int weight) {
        int change = weight - weights[leaves + index];
        for (int node = leaves + index; node > 0; node /= 2) {
            weights[node] += change;
        }
    }

    private void grow() {
        int[] before = Arrays.copyOfRange(weights, leaves, 2 * leaves);
        leaves *= 2;
        weights = new int[2 * leaves];
        for (int i = 0; i < before.length; i++) {
            weigh(i, before[i]);
        }
    }
}
