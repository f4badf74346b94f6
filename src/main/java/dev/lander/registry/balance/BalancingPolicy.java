package dev.lander.registry.balance;

import java.net.InetAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses who serves the next client. A policy knows only candidates that may be chosen now: one that goes out of
 * rotation leaves, and joins again when it is back.
 *
 * @param <C> the kind of candidate, compared by identity
 */
public interface BalancingPolicy<C extends Candidate> {
    /** The candidate can be chosen from now on; it has not joined before, or has left since. */
    void join(C candidate);

    /** The candidate can't be chosen any more; it has joined before. */
    void leave(C candidate);

    /** The joined candidate's {@link Candidate#active()} has changed. */
    default void activeChanged(C candidate) {}

    /**
     * The candidate whose turn it is; being chosen takes the turn.
     *
     * @param client the client's address, for policies that go by it
     * @param admits refuses candidates that this client has tried; the refused keep their turn
     * @return null when no joined candidate is admitted
     */
    @Nullable
    C choose(InetAddress client, Predicate<? super C> admits);
}
