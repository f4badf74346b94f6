/**
 * The balancing policies: one small class each behind {@link dev.lander.registry.balance.BalancingPolicy}.
 *
 * <p>May import nothing of Lander: a policy sees components only as {@link dev.lander.registry.balance.Candidate}s.
 */
@NullMarked
package dev.lander.registry.balance;

import org.jspecify.annotations.NullMarked;
