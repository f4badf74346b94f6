package dev.lander.registry.balance;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Candidates by priority, the lowest number first. Each tier has two policies: for its candidates in rotation, and for
 * those that are only its last resort.
 */
public final class Tiers<C extends Candidate> {
    private static final class Tier<C extends Candidate> {
        final int priority;
        final BalancingPolicy<C> rotation;
        final BalancingPolicy<C> lastResort;

        /** Candidates of this priority, chosen or not: with the last one the memory of turns goes. */
        int candidates;

        Tier(int priority, Supplier<BalancingPolicy<C>> policies) {
            this.priority = priority;
            this.rotation = policies.get();
            this.lastResort = policies.get();
        }
    }

    private final Supplier<BalancingPolicy<C>> policies;

    /** In the order of their priority. */
    private final List<Tier<C>> tiers = new ArrayList<>(1);

    /** @param policies makes one */
    public Tiers(Supplier<BalancingPolicy<C>> policies) {
        this.policies = policies;
    }

    /** There is one more candidate of this priority. */
    public void enter(int priority) {
        int index = 0;
        while (index < tiers.size() && tiers.get(index).priority < priority) {
            index++;
        }
        if (index == tiers.size() || tiers.get(index).priority != priority) {
            tiers.add(index, new Tier<>(priority, policies));
        }
        tiers.get(index).candidates++;
    }

    /** There is one candidate less of this priority; it has left its policy. */
    public void exit(int priority) {
        Tier<C> tier = tier(priority);
        tier.candidates--;
        if (tier.candidates == 0) {
            tiers.remove(tier);
        }
    }

    /** The policy for candidates of this priority that are in rotation. */
    public BalancingPolicy<C> rotation(int priority) {
        return tier(priority).rotation;
    }

    /** The policy for candidates of this priority that are the last resort. */
    public BalancingPolicy<C> lastResort(int priority) {
        return tier(priority).lastResort;
    }

    /**
     * Whose turn it is: the last resort of a better tier comes after the rotation of all tiers.
     *
     * @param client the client's address
     * @param admits refuses candidates
     * @return null when there is none
     */
    public @Nullable C choose(InetAddress client, Predicate<? super C> admits) {
        for (int i = 0; i < tiers.size(); i++) {
            C chosen = tiers.get(i).rotation.choose(client, admits);
            if (chosen != null) {
                return chosen;
            }
        }
        for (int i = 0; i < tiers.size(); i++) {
            C chosen = tiers.get(i).lastResort.choose(client, admits);
            if (chosen != null) {
                return chosen;
            }
        }
        return null;
    }

    private Tier<C> tier(int priority) {
        for (int i = 0; i < tiers.size(); i++) {
            if (tiers.get(i).priority == priority) {
                return tiers.get(i);
            }
        }
        throw new IllegalArgumentException("nobody has priority " + priority);
    }
}
