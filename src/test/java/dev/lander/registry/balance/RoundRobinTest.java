package dev.lander.registry.balance;

import static dev.lander.registry.balance.Choices.ANYBODY;
import static dev.lander.registry.balance.Choices.CLIENT;
import static dev.lander.registry.balance.Choices.NOBODY;
import static dev.lander.registry.balance.Choices.counts;
import static dev.lander.registry.balance.Choices.joined;
import static dev.lander.registry.balance.Choices.manyJoined;
import static dev.lander.registry.balance.Choices.next;
import static dev.lander.registry.balance.Choices.sequence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    private final RoundRobin<Server> policy = new RoundRobin<>();

    @Test
    void nobodyIsChosenFromNone() {
        assertNull(policy.choose(CLIENT, ANYBODY));
    }

    @Test
    void theFirstTurnIsTheFirstJoineds() {
        joined(policy, 1, 1, 1);
        assertEquals("ABCABCABC", sequence(policy, 9));
    }

    @Test
    void weightsAreSpreadSmoothly() {
        joined(policy, 3, 1);
        assertEquals("AABAAABAAABA", sequence(policy, 12));
    }

    @Test
    void equalWeightsShareTheirTurns() {
        joined(policy, 1, 5, 1);
        assertEquals("BABBBCBBABBBCB", sequence(policy, 14));
    }

    @Test
    void aHeavyOneAmongManyGetsNoBursts() {
        manyJoined(policy, 16);
        Server heavy = new Server("heavy", 16);
        policy.join(heavy);
        for (int i = 0; i < 100; i++) {
            assertSame(heavy, next(policy));
            assertTrue(next(policy) != heavy);
        }
    }

    @Test
    void whoseWeightChangesAgainAndAgainLosesNoTurns() {
        Server light = new Server("light", 1);
        policy.join(new Server("heavy", 16));
        policy.join(light);
        int chosen = 0;
        for (int i = 0; i < 17 * 16; i++) {
            chosen += next(policy) == light ? 1 : 0;
            policy.leave(light);
            light.weight = 3 - light.weight; // 1 and 2 in turn
            policy.join(light);
        }
        assertEquals(17 * 16 * 1.5 / 17.5, chosen, 1);
    }

    @Test
    void aNewcomerIsLast() {
        joined(policy, 1, 1, 1);
        assertEquals("A", sequence(policy, 1));
        policy.join(new Server("D", 1));
        assertEquals("BCADBCAD", sequence(policy, 8));
    }

    @Test
    void theRefusedKeepTheirTurn() {
        List<Server> servers = joined(policy, 1, 1, 1);
        assertSame(servers.get(1), policy.choose(CLIENT, server -> server != servers.get(0)));
        assertEquals("ACBACB", sequence(policy, 6));
    }

    @Test
    void theRefusedDoNotCatchUp() {
        List<Server> servers = joined(policy, 3, 1);
        for (int i = 0; i < 1_000; i++) {
            assertSame(servers.get(0), policy.choose(CLIENT, server -> server != servers.get(1)));
        }
        assertEquals("AABAAABA", sequence(policy, 8));
    }

    @Test
    void refusalOfAllChangesNothing() {
        List<Server> servers = manyJoined(policy, 16_384);
        assertSame(servers.get(0), next(policy));
        assertNull(policy.choose(CLIENT, NOBODY));
        for (int i = 1; i < servers.size(); i++) {
            assertSame(servers.get(i), next(policy));
        }
        assertSame(servers.get(0), next(policy));
    }

    @Test
    void whoIsAwayForAMomentKeepsItsPlace() {
        List<Server> servers = joined(policy, 1, 1, 1, 1);
        assertEquals("A", sequence(policy, 1));
        policy.leave(servers.get(0));
        policy.leave(servers.get(2));
        assertEquals("B", sequence(policy, 1));
        policy.join(servers.get(2));
        assertEquals("CD", sequence(policy, 2));
        policy.join(servers.get(0));
        assertEquals("ABCD", sequence(policy, 4));
    }

    @Test
    void whoMissedItsTurnIsLast() {
        List<Server> servers = joined(policy, 1, 1, 1);
        policy.leave(servers.get(0));
        assertEquals("B", sequence(policy, 1));
        policy.join(servers.get(0));
        assertEquals("CBACBA", sequence(policy, 6));
    }

    @Test
    void leavingAndJoiningAfterEachTurnGainsNothing() {
        List<Server> servers = joined(policy, 3, 1);
        StringBuilder sequence = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            Server chosen = next(policy);
            sequence.append(chosen);
            for (Server server : servers) {
                policy.leave(server);
            }
            for (Server server : servers) {
                policy.join(server);
            }
        }
        assertEquals("AABAAABAAABA", sequence.toString());
    }

    @Test
    void aChangedWeightCounts() {
        Server changing = joined(policy, 1, 1, 1).get(1);
        assertEquals("AB", sequence(policy, 2));
        policy.leave(changing);
        changing.weight = 2;
        policy.join(changing);
        Map<Server, Integer> counts = counts(policy, 400);
        assertEquals(200, counts.get(changing), counts.toString());
    }

    @Test
    void noBurstIsLeftFromWhenThereWereMany() {
        Server light = joined(policy, 1).get(0);
        List<Server> many = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            many.add(new Server("heavy" + i, 2));
            policy.join(many.get(i));
        }
        counts(policy, 9_000);
        many.subList(1, 10_000).forEach(policy::leave);
        int count = counts(policy, 300).getOrDefault(light, 0);
        assertTrue(Math.abs(count - 100) <= 2, count + " turns");
    }

    @Test
    void theLongGoneAreForgotten() {
        joined(policy, 1, 2);
        List<WeakReference<Server>> gone = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Server server = new Server("gone", 1 + i % 3);
            policy.join(server);
            policy.leave(server);
            gone.add(new WeakReference<>(server));
        }
        assertTrue(reachable(gone) <= 64 + 1);
        counts(policy, 6); // takes the turns that they have missed, except of weight 3
        assertTrue(reachable(gone) <= 64 / 3 + 1);
    }

    private static long reachable(List<WeakReference<Server>> references) {
        System.gc();
        return references.stream().filter(reference -> reference.get() != null).count();
    }

    @Test
    void aChoiceAllocatesNothing() {
        List<Server> servers = manyJoined(policy, 1_000);
        joined(policy, 2, 3, 256);
        Server refused = servers.get(500);
        Predicate<Server> others = server -> server != refused;
        Choices.assertAllocatesNothing(() -> {
            for (int i = 0; i < 100_000; i++) {
                policy.choose(CLIENT, i % 8 == 0 ? others : ANYBODY);
            }
        });
    }

    @Test
    void aChoiceAsksFewCandidates() {
        List<Server> servers = manyJoined(policy, 1_000);
        int[] asked = {0};
        servers.subList(10, 900).forEach(policy::leave);
        for (int i = 0; i < 1_000; i++) {
            policy.choose(CLIENT, server -> ++asked[0] > 0);
        }
        assertEquals(1_000, asked[0]);
    }

    /** In any period without a change each of k gets N/k of N turns, give or take less than one. */
    @Property(tries = 300)
    void everyPeriodWithoutChangeIsFair(@ForAll @Size(max = 300) List<@IntRange(max = 199) Integer> script) {
        RoundRobin<Server> balance = new RoundRobin<>();
        List<Server> servers = servers(9, 1);
        Set<Server> present = new HashSet<>();
        List<Server> chosen = new ArrayList<>();
        for (int step : script) {
            Server server = servers.get(step % servers.size());
            if (step >= 20) {
                Server next = balance.choose(CLIENT, ANYBODY);
                if (next != null) {
                    chosen.add(next);
                }
                assertFair(chosen, present);
            } else {
                chosen.clear();
                toggle(server, present, balance, null);
            }
        }
    }

    private static void assertFair(List<Server> chosen, Set<Server> present) {
        for (int start = 0; start < chosen.size(); start++) {
            List<Server> period = chosen.subList(start, chosen.size());
            for (Server server : present) {
                int count = Collections.frequency(period, server);
                int least = period.size() / present.size();
                int most = (period.size() + present.size() - 1) / present.size();
                assertTrue(least <= count && count <= most, () -> server + " in " + period);
            }
        }
    }

    /** Two that stay get as many turns each, whoever else comes and goes; nobody gets more than one who stays. */
    @Property(tries = 300)
    void comingAndGoingIsNoAdvantage(@ForAll @Size(max = 600) List<@IntRange(max = 39) Integer> script) {
        RoundRobin<Server> balance = new RoundRobin<>();
        List<Server> servers = servers(9, 1);
        Set<Server> present = new HashSet<>();
        servers.forEach(server -> toggle(server, present, balance, null));
        Map<Server, Integer> counts = new HashMap<>();
        for (int step : script) {
            if (step >= 20) {
                counts.merge(next(balance), 1, Integer::sum);
            } else {
                toggle(servers.get(2 + step % 7), present, balance, null);
            }
            int one = counts.getOrDefault(servers.get(0), 0);
            int other = counts.getOrDefault(servers.get(1), 0);
            assertTrue(Math.abs(one - other) <= 1, counts.toString());
            counts.values().forEach(count -> assertTrue(count <= one + 1, counts.toString()));
        }
    }

    /** To be away while others than those behind oneself are chosen, is not to have been away. */
    @Property(tries = 300)
    void awayBetweenTurnsIsNotAwayAtAll(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 4) Integer> weights,
            @ForAll @Size(max = 200) List<@IntRange(max = 99) Integer> script) {
        RoundRobin<Server> calm = new RoundRobin<>();
        RoundRobin<Server> busy = new RoundRobin<>();
        List<Server> servers = new ArrayList<>();
        weights.forEach(weight -> servers.add(new Server("S" + servers.size(), weight)));
        servers.forEach(calm::join);
        servers.forEach(busy::join);
        for (int step : script) {
            Server away = servers.get(step % servers.size());
            busy.leave(away);
            if (step % 7 == 0) {
                assertNull(busy.choose(CLIENT, NOBODY));
            }
            busy.join(away);
            assertSame(next(calm), next(busy));
        }
    }

    /** Of N turns, since the start, each candidate has its share, give or take one and a half. */
    @Property(tries = 300)
    void everyPrefixIsInProportion(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 256) Integer> weights) {
        RoundRobin<Server> balance = new RoundRobin<>();
        List<Server> servers = new ArrayList<>();
        weights.forEach(weight -> servers.add(new Server("S" + servers.size(), weight)));
        servers.forEach(balance::join);
        long total = weights.stream().mapToInt(Integer::intValue).sum();
        Map<Server, Integer> counts = new HashMap<>();
        for (int turns = 1; turns <= 2 * total; turns++) {
            Server chosen = next(balance);
            int count = counts.merge(chosen, 1, Integer::sum);
            assertTrue((count - 1.5) * total <= (double) turns * chosen.weight, "too soon: " + chosen);
            if (turns % 16 == 0) {
                for (Server server : servers) {
                    double due = (double) turns * server.weight / total;
                    assertTrue(counts.getOrDefault(server, 0) + 1.5 >= due, "too late: " + server);
                }
            }
        }
        servers.forEach(server -> assertEquals(2 * server.weight, counts.get(server)));
    }

    /** Candidates of different weights are chosen in the very order of nginx. */
    @Property(tries = 100)
    void differentWeightsTakeTurnsAsInNginx(
            @ForAll @Size(min = 1, max = 12) @UniqueElements List<@IntRange(min = 1, max = 256) Integer> weights,
            @ForAll @Size(min = 1, max = 100) List<@IntRange(max = 99) Integer> refusals) {
        RoundRobin<Server> balance = new RoundRobin<>();
        List<Server> servers = new ArrayList<>();
        weights.forEach(weight -> servers.add(new Server("S" + weight, weight)));
        servers.forEach(balance::join);
        servers.sort((a, b) -> b.weight - a.weight);
        int[] current = new int[servers.size()];
        for (int refusal : refusals) {
            Server refused = refusal < servers.size() ? servers.get(refusal) : null;
            for (int i = 0; i < 10; i++) {
                assertSame(nginx(servers, current, refused), balance.choose(CLIENT, server -> server != refused));
            }
        }
    }

    private static @Nullable Server nginx(List<Server> servers, int[] current, @Nullable Server refused) {
        int total = 0;
        int best = -1;
        for (int i = 0; i < current.length; i++) {
            if (servers.get(i) != refused) {
                current[i] += servers.get(i).weight;
                total += servers.get(i).weight;
                best = best < 0 || current[i] > current[best] ? i : best;
            }
        }
        if (best < 0) {
            return null;
        }
        current[best] -= total;
        return servers.get(best);
    }

    /** Anything may happen in any order. */
    @Property(tries = 500)
    void agreesWithTheModel(@ForAll @Size(max = 500) List<@IntRange(max = 999) Integer> script) {
        RoundRobin<Server> balance = new RoundRobin<>();
        Model model = new Model();
        List<Server> servers = servers(12, 3);
        Set<Server> present = new HashSet<>();
        for (int step : script) {
            Server server = servers.get(step / 4 % servers.size());
            if (step % 4 == 0) {
                server.weight = present.contains(server) ? server.weight : 1 + step / 48 % 3;
                toggle(server, present, balance, model);
            } else {
                int refused = step % 4 == 1 ? step / 4 : step % 4 == 2 ? 1 << step / 4 % 12 : 0;
                Predicate<Server> admits = each -> (refused >> servers.indexOf(each) & 1) == 0;
                assertSame(model.choose(admits), balance.choose(CLIENT, admits));
            }
        }
    }

    private static List<Server> servers(int count, int weights) {
        List<Server> servers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            servers.add(new Server("S" + i, 1 + i % weights));
        }
        return servers;
    }

    private static void toggle(Server server, Set<Server> present, RoundRobin<Server> balance, @Nullable Model model) {
        if (present.remove(server)) {
            balance.leave(server);
            if (model != null) {
                model.present.remove(server);
                model.changed = true;
            }
        } else {
            present.add(server);
            balance.join(server);
            if (model != null) {
                model.join(server);
            }
        }
    }

    /** The same in O(n): one list of all who wait, searched from its start, and nginx's choice of the weight. */
    private static final class Model {
        private record Waiting(Server server, int weight) {}

        final Set<Server> present = new HashSet<>();
        final List<Waiting> waiting = new ArrayList<>();
        final int[] owed = new int[4];
        boolean changed;

        void join(Server server) {
            Waiting place = new Waiting(server, server.weight);
            if (!waiting.contains(place)) {
                for (Waiting before : List.copyOf(waiting)) {
                    if (before.server == server) {
                        waiting.remove(before);
                        owed[server.weight] += isEmpty(before.weight) ? owed[before.weight] : 0;
                        owed[before.weight] = isEmpty(before.weight) ? 0 : owed[before.weight];
                    }
                }
                waiting.add(place);
            }
            present.add(server);
            changed = true;
        }

        @Nullable
        Server choose(Predicate<Server> admits) {
            int total = 0;
            Waiting best = null;
            for (int weight = owed.length - 1; weight > 0; weight--) {
                Waiting first = first(weight, admits);
                if (first != null) {
                    total += share(weight);
                    owed[weight] += share(weight);
                    best = best == null || owed[weight] > owed[best.weight] ? first : best;
                }
            }
            if (best == null) {
                return null;
            }
            owed[best.weight] -= total;
            if (changed) {
                int most = present.stream().mapToInt(Server::weight).sum();
                for (int weight = 1; weight < owed.length; weight++) {
                    owed[weight] = share(weight) == 0 ? owed[weight] : Math.max(-most, Math.min(most, owed[weight]));
                    owed[weight] = isEmpty(weight) ? 0 : owed[weight];
                }
                changed = false;
            }
            take(best);
            return best.server;
        }

        private boolean isEmpty(int weight) {
            return waiting.stream().noneMatch(each -> each.weight == weight);
        }

        private int share(int weight) {
            return present.stream()
                    .mapToInt(Server::weight)
                    .filter(each -> each == weight)
                    .sum();
        }

        private @Nullable Waiting first(int weight, Predicate<Server> admits) {
            for (Waiting each : waiting) {
                if (each.weight == weight && present.contains(each.server) && admits.test(each.server)) {
                    return each;
                }
            }
            return null;
        }

        private void take(Waiting chosen) {
            List<Waiting> passed = new ArrayList<>();
            for (Waiting each : waiting) {
                if (each.weight == chosen.weight) {
                    if (each.equals(chosen) || present.contains(each.server)) {
                        break; // who waits behind one that was refused has not been passed yet
                    }
                    passed.add(each);
                }
            }
            waiting.removeAll(passed);
            waiting.remove(chosen);
            waiting.add(chosen);
        }
    }
}
