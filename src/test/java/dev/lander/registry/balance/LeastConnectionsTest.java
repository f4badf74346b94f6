package dev.lander.registry.balance;

import static dev.lander.registry.balance.Choices.ANYBODY;
import static dev.lander.registry.balance.Choices.CLIENT;
import static dev.lander.registry.balance.Choices.NOBODY;
import static dev.lander.registry.balance.Choices.joined;
import static dev.lander.registry.balance.Choices.manyJoined;
import static dev.lander.registry.balance.Choices.next;
import static dev.lander.registry.balance.Choices.sequence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeastConnectionsTest {
    private final LeastConnections<Server> policy = new LeastConnections<>();

    @Test
    void nobodyIsChosenFromNone() {
        assertNull(policy.choose(CLIENT, ANYBODY));
    }

    @Test
    void equalsTakeTurns() {
        joined(policy, 1, 3, 1);
        assertEquals("ABCABC", sequence(policy, 6));
    }

    @Test
    void theLeastLoadedIsNext() {
        List<Server> servers = joined(policy, 1, 1, 1);
        setActive(servers.get(0), 2);
        setActive(servers.get(1), 2);
        setActive(servers.get(2), 1);
        assertEquals("CC", sequence(policy, 2));
        setActive(servers.get(2), 2);
        assertEquals("ABC", sequence(policy, 3));
        setActive(servers.get(1), 1);
        assertEquals("BB", sequence(policy, 2));
    }

    @Test
    void loadIsRelativeToWeight() {
        List<Server> servers = joined(policy, 3, 1);
        StringBuilder opened = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            Server chosen = next(policy);
            setActive(chosen, chosen.active + 1);
            opened.append(chosen);
        }
        assertEquals("ABAABAAABAAA", opened.toString());
        assertEquals(9, servers.get(0).active);
    }

    @Test
    void thirdsAreCompared() {
        List<Server> servers = joined(policy, 3, 256);
        setActive(servers.get(0), 1);
        setActive(servers.get(1), 85);
        assertSame(servers.get(1), next(policy)); // 85/256 < 1/3
        setActive(servers.get(1), 86);
        assertSame(servers.get(0), next(policy)); // 86/256 > 1/3
        setActive(servers.get(0), 2_000_000_001);
        setActive(servers.get(1), 2_000_000_001);
        assertSame(servers.get(1), next(policy));
    }

    @Test
    void theRefusedAreNextStill() {
        List<Server> servers = joined(policy, 1, 1, 1);
        assertSame(servers.get(2), policy.choose(CLIENT, server -> server == servers.get(2)));
        assertEquals("ABC", sequence(policy, 3));
        assertNull(policy.choose(CLIENT, NOBODY));
        assertEquals("ABC", sequence(policy, 3));
    }

    @Test
    void whoJoinsIsLastAmongEquals() {
        List<Server> servers = joined(policy, 1, 1, 1);
        policy.leave(servers.get(0));
        policy.join(servers.get(0));
        assertEquals("BCABCA", sequence(policy, 6));
    }

    @Test
    void mayLeaveWithAnotherLoadThanItJoinedWith() {
        List<Server> servers = manyJoined(policy, 100);
        for (Server server : servers.subList(0, 50)) {
            server.active = 7;
            policy.leave(server);
        }
        for (Server server : servers.subList(50, 100)) {
            assertSame(server, next(policy));
        }
    }

    @Test
    void aChoiceAllocatesNothing() {
        List<Server> servers = manyJoined(policy, 1_000);
        Predicate<Server> others = server -> server != servers.get(500);
        Choices.assertAllocatesNothing(() -> {
            for (int i = 0; i < 100_000; i++) {
                Server chosen = policy.choose(CLIENT, i % 8 == 0 ? others : ANYBODY);
                if (chosen != null) {
                    setActive(chosen, i % 5);
                }
            }
        });
    }

    @Test
    void aChoiceAsksFewCandidates() {
        List<Server> servers = manyJoined(policy, 1_000);
        int[] asked = {0};
        List<Server> refused = servers.subList(0, 5);
        for (int i = 0; i < 100; i++) {
            policy.choose(CLIENT, server -> ++asked[0] > 0 && !refused.contains(server));
        }
        assertTrue(asked[0] <= 100 * (2 * refused.size() + 1), asked[0] + " questions");
    }

    /** Anything may happen in any order. */
    @Property(tries = 500)
    void agreesWithTheModel(@ForAll @Size(max = 500) List<@IntRange(max = 9_999) Integer> script) {
        LeastConnections<Server> balance = new LeastConnections<>();
        List<Server> servers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            servers.add(new Server("S" + i, 1 + i % 4));
        }
        List<Server> longestAgoFirst = new ArrayList<>();
        for (int step : script) {
            Server server = servers.get(step / 4 % servers.size());
            int argument = step / 80;
            if (step % 4 == 0) {
                if (longestAgoFirst.remove(server)) {
                    balance.leave(server);
                } else {
                    longestAgoFirst.add(server);
                    balance.join(server);
                }
            } else if (step % 4 == 1) {
                server.active = argument % 8;
                if (longestAgoFirst.contains(server)) {
                    balance.activeChanged(server);
                }
            } else {
                Predicate<Server> admits = each -> (argument >> servers.indexOf(each) % 7 & 1) == 0;
                Server least = least(longestAgoFirst, admits);
                assertSame(least, balance.choose(CLIENT, admits));
                if (least != null) {
                    longestAgoFirst.remove(least);
                    longestAgoFirst.add(least);
                }
            }
        }
    }

    private static @Nullable Server least(List<Server> longestAgoFirst, Predicate<Server> admits) {
        Server least = null;
        for (Server server : longestAgoFirst) {
            if (admits.test(server) && (least == null || server.active * least.weight < least.active * server.weight)) {
                least = server;
            }
        }
        return least;
    }

    private void setActive(Server server, int active) {
        server.active = active;
        policy.activeChanged(server);
    }
}
