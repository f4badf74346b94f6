package dev.lander.registry.balance;

import static dev.lander.registry.balance.Choices.ANYBODY;
import static dev.lander.registry.balance.Choices.CLIENT;
import static dev.lander.registry.balance.Choices.NOBODY;
import static dev.lander.registry.balance.Choices.counts;
import static dev.lander.registry.balance.Choices.joined;
import static dev.lander.registry.balance.Choices.manyJoined;
import static dev.lander.registry.balance.Choices.next;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RandomOfTwoTest {
    private static final long SEED = 20;

    private final RandomOfTwo<Server> policy = new RandomOfTwo<>(new SplittableRandom(SEED));

    @Test
    void nobodyIsChosenFromNone() {
        assertNull(policy.choose(CLIENT, ANYBODY));
    }

    @Test
    void theOnlyOneIsChosen() {
        Server only = joined(policy, 1).get(0);
        only.active = 1_000;
        assertSame(only, next(policy));
        policy.leave(only);
        assertNull(policy.choose(CLIENT, ANYBODY));
    }

    @Test
    void theMostLoadedIsNeverChosen() {
        List<Server> servers = joined(policy, 1, 2, 256);
        servers.get(0).active = 1;
        servers.get(1).active = 1;
        servers.get(2).active = 129; // more per weight than 1/2, less than 1/1
        Map<Server, Integer> counts = counts(policy, 10_000);
        assertNull(counts.get(servers.get(0)));
        assertTrue(counts.getOrDefault(servers.get(1), 0) > 5_000, counts.toString());
        assertTrue(counts.containsKey(servers.get(2)));
    }

    @Test
    void theIdleShareByWeight() {
        List<Server> servers = joined(policy, 1, 3, 12);
        Map<Server, Integer> counts = counts(policy, 160_000);
        for (Server server : servers) {
            assertEquals(10_000.0 * server.weight, counts.getOrDefault(server, 0), 500.0, counts.toString());
        }
    }

    @Test
    void loadsStayCloseTogether() {
        List<Server> servers = manyJoined(policy, 1_000);
        for (int i = 0; i < 100_000; i++) {
            next(policy).active++;
        }
        int most = servers.stream().mapToInt(Server::load).max().orElseThrow();
        assertTrue(most <= 100 + 5, most + " of 100"); // one choice alone: about 130
    }

    @Test
    void loadsGoByWeight() {
        List<Server> servers = manyJoined(policy, 100);
        List<Server> heavy = joined(policy, 50, 50);
        for (int i = 0; i < 20_000; i++) {
            next(policy).active++;
        }
        servers.forEach(server -> assertEquals(100, server.active, 8));
        heavy.forEach(server -> assertEquals(5_000, server.active, 100));
    }

    @Test
    void theSecondOfAPairIsAnother() {
        List<Server> servers = joined(policy, 256, 1);
        servers.get(0).active = 1_000_000;
        for (int i = 0; i < 100; i++) {
            assertSame(servers.get(1), next(policy));
        }
    }

    @Test
    void theOnlyOneAdmittedIsFound() {
        List<Server> servers = manyJoined(policy, 16_384);
        for (Server server : servers.subList(1_000, 1_020)) {
            assertSame(server, policy.choose(CLIENT, each -> each == server));
        }
        assertNull(policy.choose(CLIENT, NOBODY));
    }

    @Test
    void theSearchPrefersNobody() {
        List<Server> servers = manyJoined(policy, 1_000);
        servers.get(0).weight = 1;
        List<Server> few = List.of(servers.get(250), servers.get(500), servers.get(750), servers.get(999));
        Map<Server, Integer> counts = new HashMap<>();
        for (int i = 0; i < 4_000; i++) {
            Server chosen = policy.choose(CLIENT, few::contains);
            counts.merge(chosen == null ? servers.get(0) : chosen, 1, Integer::sum);
        }
        few.forEach(server -> assertEquals(1_000, counts.getOrDefault(server, 0), 150, counts.toString()));
    }

    @Test
    void theSameSeedChoosesTheSame() {
        RandomOfTwo<Server> other = new RandomOfTwo<>(new SplittableRandom(SEED));
        RandomOfTwo<Server> another = new RandomOfTwo<>(new SplittableRandom(SEED + 1));
        List<Server> servers = manyJoined(policy, 1_000);
        servers.forEach(other::join);
        servers.forEach(another::join);
        List<Server> chosen = new ArrayList<>();
        List<Server> otherwise = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            chosen.add(next(policy));
            otherwise.add(next(another));
            assertSame(chosen.get(i), next(other));
        }
        assertNotSame(chosen, otherwise);
        assertTrue(!chosen.equals(otherwise));
    }

    @Test
    void aChoiceAllocatesNothing() {
        List<Server> servers = manyJoined(policy, 1_000);
        Predicate<Server> few = server -> server.active == 1;
        servers.get(500).active = 1;
        Choices.assertAllocatesNothing(() -> {
            for (int i = 0; i < 100_000; i++) {
                policy.choose(CLIENT, i % 100 == 0 ? few : ANYBODY);
            }
        });
    }

    @Test
    void aChoiceAsksFewCandidates() {
        List<Server> servers = manyJoined(policy, 1_000);
        int[] asked = {0};
        for (int i = 0; i < 1_000; i++) {
            policy.choose(CLIENT, server -> ++asked[0] > 0 && server != servers.get(7));
        }
        assertTrue(asked[0] < 1_010, asked[0] + " questions");
    }

    /** The same draws in O(n), over anything that may happen. */
    @Property(tries = 500)
    void agreesWithTheModel(@ForAll @Size(max = 300) List<@IntRange(max = 9_999) Integer> script, @ForAll long seed) {
        RandomOfTwo<Server> balance = new RandomOfTwo<>(new SplittableRandom(seed));
        RandomGenerator random = new SplittableRandom(seed);
        List<Server> servers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            servers.add(new Server("S" + i, 1));
        }
        List<Server> present = new ArrayList<>();
        for (int step : script) {
            Server server = servers.get(step / 3 % servers.size());
            int argument = step / 60;
            if (step % 3 > 0) {
                server.active = argument % 4;
                Predicate<Server> admits = each -> (argument >> servers.indexOf(each) % 7 & 1) == 0;
                assertSame(choose(present, random, admits), balance.choose(CLIENT, admits));
            } else if (present.contains(server)) {
                balance.leave(server);
                Server last = present.remove(present.size() - 1);
                present.replaceAll(each -> each == server ? last : each);
            } else {
                server.weight = 1 + argument;
                present.add(server);
                balance.join(server);
            }
        }
    }

    private static @Nullable Server choose(List<Server> present, RandomGenerator random, Predicate<Server> admits) {
        for (int draw = 0; draw < 4 && !present.isEmpty(); draw++) {
            Server first = draw(present, random);
            List<Server> others = new ArrayList<>(present);
            others.remove(first);
            Server second = others.isEmpty() ? first : draw(others, random);
            boolean swap = second.active * first.weight < first.active * second.weight;
            for (Server server : swap ? List.of(second, first) : List.of(first, second)) {
                if (admits.test(server)) {
                    return server;
                }
            }
        }
        int start = present.isEmpty() ? 0 : random.nextInt(present.size());
        for (int i = 0; i < present.size(); i++) {
            Server server = present.get((start + i) % present.size());
            if (admits.test(server)) {
                return server;
            }
        }
        return null;
    }

    private static Server draw(List<Server> servers, RandomGenerator random) {
        int point = random.nextInt(servers.stream().mapToInt(Server::weight).sum());
        for (Server server : servers) {
            point -= server.weight;
            if (point < 0) {
                return server;
            }
        }
        throw new AssertionError();
    }
}
