package dev.lander.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.testing.RegisteredComponents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** How often orphans are probed. */
class OrphansTest {
    private static final RelayPort WEB = new RelayPort(Protocol.TCP, 80);
    private static final MemberId LOST = new MemberId(0, 1);
    private static final long GRACE_NS = Duration.ofSeconds(30).toNanos();
    private static final int A_SECOND = 200;
    private static final int LOOKS_A_SECOND = 4;

    private final HoldTable table = new HoldTable();
    private final Absent absent = new Absent(GRACE_NS);
    private final Map<Identity, Component> components = new HashMap<>();
    private final Set<Component> dead = new HashSet<>();
    private final List<Component> probed = new ArrayList<>();
    private final Orphans orphans =
            new Orphans(table, absent, this::probe, GRACE_NS, components::get, this::dropIfNobodyHasIt);
    private long nowNs;

    private void probe(Component component, Consumer<Boolean> result) {
        probed.add(component);
        result.accept(!dead.contains(component));
    }

    private void dropIfNobodyHasIt(Identity identity) {
        if (table.of(identity).isEmpty()) {
            components.remove(identity);
        }
    }

    @Test
    void allTogetherAreProbedTwoHundredTimesASecondAtMostAndEachInItsTurn() {
        lose(3_000);
        look(LOOKS_A_SECOND * 15, A_SECOND / LOOKS_A_SECOND);
        assertEquals(3_000, probed.size());
        assertEquals(3_000, Set.copyOf(probed).size(), "nobody twice before the others have had their turn");
        look(LOOKS_A_SECOND * 15, A_SECOND / LOOKS_A_SECOND);
        assertTrue(Set.copyOf(probed.subList(3_000, 6_000)).size() == 3_000, "and then all once more");
    }

    @Test
    void fewAreProbedEveryFiveSeconds() {
        lose(3);
        look(LOOKS_A_SECOND * 60, 3);
        Component first = probed.get(0);
        assertEquals(12, Collections.frequency(probed, first));
        assertEquals(36, probed.size());
    }

    @Test
    void whoMissesThreeInARowIsGone() {
        lose(2);
        Component one = components.values().iterator().next();
        dead.add(one);
        look(LOOKS_A_SECOND * 10, 2);
        assertEquals(2, components.size(), "it may be back");
        dead.clear();
        look(LOOKS_A_SECOND * 5, 2);
        dead.add(one);
        look(LOOKS_A_SECOND * 10, 2);
        assertEquals(2, components.size(), "those before do not count");
        look(LOOKS_A_SECOND * 5, 2);
        assertEquals(1, components.size());
        assertEquals(1, orphans.count());
    }

    @Test
    void nobodyIsProbedWithinTheGraceOrWhileAnotherHasIt() {
        RegisteredComponents registered = new RegisteredComponents();
        Component component = registered.add(WEB, 1);
        Identity identity = new Identity(WEB, component.address());
        components.put(identity, component);
        table.put(LOST, identity, Hold.of(component, new Stamp(1, LOST)));
        MemberId other = new MemberId(0, 2);
        table.put(other, identity, Hold.of(component, new Stamp(2, other)));
        absent.lose(LOST, nowNs, 0);
        look(LOOKS_A_SECOND * 60, 0);
        assertEquals(0, orphans.count());
        absent.lose(other, nowNs, 0);
        look(LOOKS_A_SECOND * 30 - 1, 0);
        assertEquals(1, orphans.count());
        look(1, 1);
        assertEquals(List.of(component), probed);
    }

    /** That many components, whose grace is over with the next look. */
    private void lose(int count) {
        RegisteredComponents registered = new RegisteredComponents();
        for (int i = 1; i <= count; i++) {
            Component component = registered.add(WEB, i);
            Identity identity = new Identity(WEB, component.address());
            components.put(identity, component);
            table.put(LOST, identity, Hold.of(component, new Stamp(i, LOST)));
        }
        absent.lose(LOST, nowNs, 0);
        nowNs += GRACE_NS - Orphans.PAUSE.toNanos();
    }

    /** Looks so often, a pause apart, and no look begins more probes than that. */
    private void look(int looks, int most) {
        for (int i = 0; i < looks; i++) {
            int before = probed.size();
            nowNs += Orphans.PAUSE.toNanos();
            orphans.look(nowNs);
            int begun = probed.size() - before;
            assertTrue(begun <= most, () -> begun + " probes between two looks");
        }
    }
}
