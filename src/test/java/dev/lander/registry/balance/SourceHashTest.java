package dev.lander.registry.balance;

import static dev.lander.registry.balance.Choices.ANYBODY;
import static dev.lander.registry.balance.Choices.CLIENT;
import static dev.lander.registry.balance.Choices.NOBODY;
import static dev.lander.registry.balance.Choices.client;
import static dev.lander.registry.balance.Choices.joined;
import static dev.lander.registry.balance.Choices.manyJoined;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SourceHashTest {
    private static final int CLIENTS = 20_000;

    private final SourceHash<Server> policy = new SourceHash<>();

    @Test
    void nobodyIsChosenFromNone() {
        assertNull(policy.choose(CLIENT, ANYBODY));
        Server server = joined(policy, 1).get(0);
        assertSame(server, policy.choose(CLIENT, ANYBODY));
        policy.leave(server);
        assertNull(policy.choose(CLIENT, ANYBODY));
    }

    @Test
    void hashesAreTheSameEverywhere() throws UnknownHostException {
        assertEquals(Hash.mix(0xaf63dc4c8601ec8cL), Hash.of("a")); // FNV-1a's published value
        assertEquals(0xe220a8397b1dcdafL, Hash.mix(0x9e3779b97f4a7c15L)); // SplitMix64's first number from seed 0
        assertEquals(Hash.mix(0xfffefdfcL), Hash.of(client(0xfffefdfc)));
        assertEquals(0, Hash.of(InetAddress.getByName("::")));
    }

    @Test
    void choicesAreTheSameInEveryVersion() {
        joined(policy, 1, 1, 2, 5, 1);
        StringBuilder chosen = new StringBuilder();
        for (int i = 0; i < 32; i++) {
            chosen.append(policy.choose(client(i), ANYBODY));
        }
        assertEquals("ADCCDDCACDDCDCAEEDBDEDDDCECDCDDC", chosen.toString());
    }

    @Test
    void mappedAddressesAreTheirIpv4Address() throws UnknownHostException {
        byte[] bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 200, 1, 2, 3};
        InetAddress mapped = Inet6Address.getByAddress(null, bytes, -1);
        assertSame(Inet6Address.class, mapped.getClass());
        assertEquals(Hash.of(InetAddress.getByName("200.1.2.3")), Hash.of(mapped));
    }

    @Test
    void everyByteOfAnIpv6AddressCounts() throws UnknownHostException {
        Set<Long> hashes = new HashSet<>();
        for (int i = 0; i < 16; i++) {
            byte[] bytes = new byte[16];
            bytes[i] = 1;
            hashes.add(Hash.of(InetAddress.getByAddress(bytes)));
        }
        assertEquals(16, hashes.size());
    }

    @Test
    void theOrderOfJoiningDoesNotMatter() {
        List<Server> servers = manyJoined(policy, 50);
        SourceHash<Server> other = new SourceHash<>();
        Collections.shuffle(servers, new Random(1));
        Server extra = new Server("extra", 3);
        other.join(extra);
        servers.forEach(other::join);
        other.choose(CLIENT, ANYBODY);
        other.leave(extra);
        assertEquals(mapping(policy, CLIENTS), mapping(other, CLIENTS));
    }

    @Test
    void allGetTheirShareOfSlots() {
        for (int[] weights : new int[][] {{1}, {1, 1, 1}, {3, 1}, {256, 1}, {7, 7, 200, 31}, {200, 200, 200}}) {
            int[] counts = slotCounts(SlotTable.fill(joined(new SourceHash<>(), weights)), weights.length);
            int total = Arrays.stream(weights).sum();
            for (int i = 0; i < weights.length; i++) {
                double due = 65_537.0 * weights[i] / total;
                assertEquals(due, counts[i], 1 + 2.0 * weights[i], Arrays.toString(counts));
            }
        }
    }

    @Test
    void clientsSpreadEvenly() {
        List<Server> servers = manyJoined(policy, 20);
        Map<Server, Integer> counts = new HashMap<>();
        mapping(policy, 200_000).forEach(server -> counts.merge(server, 1, Integer::sum));
        servers.forEach(server -> assertEquals(10_000, counts.getOrDefault(server, 0), 500));
    }

    @Test
    void thousandsGetSlots() {
        for (int count : new int[] {656, 16_384}) {
            List<Server> servers = manyJoined(new SourceHash<>(), count);
            servers.get(0).weight = 256;
            int[] counts = slotCounts(SlotTable.fill(servers), count);
            assertTrue(Arrays.stream(counts).skip(1).max().orElseThrow() <= 1 + 524_309 / count);
            assertTrue(Arrays.stream(counts).min().orElseThrow() >= 524_309 / (count + 512));
        }
    }

    @Test
    void hardlyAnyClientsOfOthersMove() {
        for (int count : new int[] {2, 3, 10, 99, 100}) {
            for (int weights : new int[] {1, 5}) {
                List<Server> servers = manyJoined(new SourceHash<>(), count);
                servers.forEach(server -> server.weight = 1 + Math.floorMod(server.identity.hashCode(), weights));
                for (int gone = 0; gone < count; gone += 1 + count / 7) {
                    double moved = movedWithout(servers, gone);
                    assertTrue(moved < (weights == 1 ? 0.01 : 0.02), count + " candidates: " + moved);
                }
            }
        }
    }

    /** The part of the other candidates' slots that are another's once one is gone. */
    private static double movedWithout(List<Server> servers, int gone) {
        List<Server> rest = new ArrayList<>(servers);
        rest.remove(gone);
        int[] before = SlotTable.fill(servers);
        int[] after = SlotTable.fill(rest);
        int moved = 0;
        int stayed = 0;
        for (int slot = 0; slot < before.length; slot++) {
            if (before[slot] != gone && servers.get(before[slot]) == rest.get(after[slot])) {
                stayed++;
            } else if (before[slot] != gone) {
                moved++;
            }
        }
        return (double) moved / (moved + stayed);
    }

    @Test
    void leavingMovesTheLeaversClients() {
        List<Server> servers = manyJoined(policy, 100);
        List<Server> before = mapping(policy, CLIENTS);
        Server leaver = servers.get(42);
        policy.leave(leaver);
        List<Server> after = mapping(policy, CLIENTS);
        policy.join(leaver);
        assertEquals(before, mapping(policy, CLIENTS));
        int others = 0;
        Set<Server> heirs = new HashSet<>();
        for (int i = 0; i < CLIENTS; i++) {
            if (before.get(i) == leaver) {
                heirs.add(after.get(i));
            } else if (before.get(i) != after.get(i)) {
                others++;
            }
        }
        assertTrue(others < CLIENTS / 50, others + " moved");
        assertTrue(heirs.size() > 50 && !heirs.contains(leaver), heirs.size() + " heirs");
    }

    @Test
    void theRefusedOnesClientsSpread() {
        List<Server> servers = manyJoined(policy, 10);
        Server refused = servers.get(3);
        Map<Server, Integer> heirs = new HashMap<>();
        for (int i = 0; i < CLIENTS; i++) {
            Server usual = policy.choose(client(i), ANYBODY);
            Server chosen = policy.choose(client(i), server -> server != refused);
            assertTrue(chosen != null && chosen != refused);
            assertSame(chosen, policy.choose(client(i), server -> server != refused));
            if (usual == refused) {
                heirs.merge(chosen, 1, Integer::sum);
            } else {
                assertSame(usual, chosen);
            }
        }
        assertEquals(9, heirs.size());
        assertTrue(Collections.max(heirs.values()) < 2 * Collections.min(heirs.values()), heirs.toString());
    }

    @Test
    void eachIsAskedOnceAtMost() {
        manyJoined(policy, 1_000);
        List<Server> asked = new ArrayList<>();
        assertNull(policy.choose(CLIENT, server -> !asked.add(server)));
        assertEquals(1_000, asked.size());
        assertEquals(1_000, new HashSet<>(asked).size());
        assertNull(policy.choose(CLIENT, NOBODY));
    }

    @Test
    void manyChangesFillTheTableOnce() {
        List<Server> servers = manyJoined(policy, 1_000);
        mapping(policy, 100);
        int once = servers.get(0).identified;
        for (Server server : servers.subList(500, 1_000)) {
            policy.leave(server);
            policy.join(server);
        }
        mapping(policy, 100);
        assertEquals(once, servers.get(0).identified);
    }

    @Test
    void comingAndGoingAllTheTimeDoesNotFillTheTableAllTheTime() {
        List<Server> servers = manyJoined(policy, 10);
        policy.choose(CLIENT, ANYBODY);
        int once = servers.get(0).identified;
        Server restless = servers.get(9);
        for (int i = 0; i < 100_000; i++) {
            policy.leave(restless);
            assertNotEquals(restless, policy.choose(client(i), ANYBODY));
            policy.join(restless);
            assertTrue(policy.choose(client(i), ANYBODY) != null);
        }
        int fillings = servers.get(0).identified / once;
        assertTrue(fillings < 64 + 64, fillings + " fillings");
        mapping(policy, 5_000);
        SourceHash<Server> fresh = new SourceHash<>();
        servers.forEach(fresh::join);
        assertEquals(mapping(fresh, CLIENTS), mapping(policy, CLIENTS));
    }

    @Test
    void theOnlyOneThereIsChosenWhateverHasComeAndGone() {
        Server last = joined(policy, 1).get(0);
        for (int i = 0; i < 1_000; i++) {
            Server next = Server.number(i);
            policy.join(next);
            policy.leave(last);
            assertSame(next, policy.choose(CLIENT, ANYBODY));
            last = next;
        }
    }

    @Test
    void aChangedWeightCounts() {
        List<Server> servers = joined(policy, 1, 1);
        mapping(policy, 10);
        policy.leave(servers.get(0));
        servers.get(0).weight = 3;
        policy.join(servers.get(0));
        int count = Collections.frequency(mapping(policy, CLIENTS), servers.get(0));
        assertEquals(0.75 * CLIENTS, count, 0.02 * CLIENTS);
    }

    @Test
    void aChoiceAllocatesNothing() {
        List<Server> servers = manyJoined(policy, 1_000);
        Predicate<Server> others = server -> server != servers.get(500);
        InetAddress[] clients = new InetAddress[1_024];
        Arrays.setAll(clients, Choices::client);
        Choices.assertAllocatesNothing(() -> {
            for (int i = 0; i < 100_000; i++) {
                policy.choose(clients[i % clients.length], i % 8 == 0 ? others : ANYBODY);
            }
        });
    }

    /** The paper's own pseudocode: every candidate's whole permutation is written down first. */
    @Property(tries = 20)
    void theTableIsMaglevs(@ForAll @Size(min = 1, max = 8) List<@IntRange(max = 99_999) Integer> names) {
        List<Server> servers = names.stream()
                .distinct()
                .map(name -> new Server("host" + name, 1))
                .toList();
        int size = SlotTable.size(servers.size());
        int[][] permutations = new int[servers.size()][size];
        for (int i = 0; i < servers.size(); i++) {
            long hash = Hash.of(servers.get(i).identity());
            long offset = Long.remainderUnsigned(hash, size);
            long skip = Long.remainderUnsigned(Hash.mix(~hash), size - 1) + 1;
            for (int j = 0; j < size; j++) {
                permutations[i][j] = (int) ((offset + j * skip) % size);
            }
        }
        int[] entry = new int[size];
        Arrays.fill(entry, -1);
        int[] next = new int[servers.size()];
        for (int filled = 0; filled < size; filled++) {
            int i = filled % servers.size();
            while (entry[permutations[i][next[i]]] >= 0) {
                next[i]++;
            }
            entry[permutations[i][next[i]]] = i;
        }
        assertArrayEquals(entry, SlotTable.fill(servers));
    }

    /** Only who is present and admitted is chosen, by the present ones' table as long as changes are few. */
    @Property(tries = 30)
    void agreesWithTheModel(@ForAll @Size(max = 60) List<@IntRange(max = 9_999) Integer> script) {
        SourceHash<Server> balance = new SourceHash<>();
        List<Server> servers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            servers.add(new Server("S" + i, 1));
        }
        List<Server> present = new ArrayList<>();
        for (int step : script) {
            Server server = servers.get(step / 2 % servers.size());
            int argument = step / 24;
            if (step % 2 == 0) {
                Predicate<Server> admits = each -> (argument >> servers.indexOf(each) % 8 & 1) == 0;
                assertSame(choose(present, client(argument), admits), balance.choose(client(argument), admits));
            } else if (present.remove(server)) {
                balance.leave(server);
            } else {
                server.weight = 1 + argument % 3;
                present.add(server);
                balance.join(server);
            }
        }
    }

    private static @Nullable Server choose(List<Server> present, InetAddress client, Predicate<Server> admits) {
        if (present.stream().noneMatch(admits)) {
            return null;
        }
        present.sort((a, b) -> a.identity.compareTo(b.identity));
        int[] table = SlotTable.fill(present);
        int slot = (int) Long.remainderUnsigned(Hash.of(client), table.length);
        while (!admits.test(present.get(table[slot]))) {
            slot = (slot + 1) % table.length;
        }
        return present.get(table[slot]);
    }

    private static List<Server> mapping(SourceHash<Server> balance, int clients) {
        List<Server> mapping = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            Server chosen = balance.choose(client(i), ANYBODY);
            assertTrue(chosen != null);
            mapping.add(chosen);
        }
        return mapping;
    }

    private static int[] slotCounts(int[] table, int candidates) {
        int[] counts = new int[candidates];
        for (int candidate : table) {
            counts[candidate]++;
        }
        return counts;
    }
}
