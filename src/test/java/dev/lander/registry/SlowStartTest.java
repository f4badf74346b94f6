package dev.lander.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The weight of a component that joins or returns, as time goes on. */
class SlowStartTest {
    private static final RelayPort TCP_50000 = new RelayPort(Protocol.TCP, 50_000);
    private static final long SLOW_START_NS = 30_000_000_000L;
    private static final int CLIENTS = 4_000;

    private final RecordingLink link = RecordingLink.from("10.0.0.1");
    private final Registry registry = new Registry(
            new RecordingBinder(), new LoopGuard(any -> false), new RecordingObserver(), new SplittableRandom(1));

    @ParameterizedTest
    @EnumSource
    void theShareGrowsLinearlyUnderEveryPolicy(Balance balance) {
        Component first = register(1, 4, 0, balance);
        Component slow = register(2, 4, SLOW_START_NS, balance);
        assertShare(1.0 / 17, first, slow);
        assertTrue(slow.grow(SLOW_START_NS / 3));
        assertShare(6.0 / 22, first, slow);
        assertTrue(slow.grow(SLOW_START_NS * 2 / 3));
        assertShare(11.0 / 27, first, slow);
        assertFalse(slow.grow(SLOW_START_NS));
        assertShare(0.5, first, slow);
    }

    @Test
    void eachStepIsASixteenthOfTheWeight() {
        Component slow = register(1, 3, SLOW_START_NS, Balance.ROUNDROBIN);
        assertEquals(List.of(slow), link.slowStarts);
        int before = 0;
        for (int part = 1; part <= 16; part++) {
            boolean more = slow.grow((part - 1) * SLOW_START_NS / 15);
            assertEquals(part < 16, more);
            assertEquals(before + 3, slow.weight());
            before = slow.weight();
        }
        assertEquals(3 * 16, before);
        assertEquals(3, slow.traits().weight());
    }

    @Test
    void aLongSlowStartDoesNotOverflow() {
        long dayNs = 86_400_000_000_000L;
        Component slow = register(1, 256, dayNs, Balance.ROUNDROBIN);
        assertTrue(slow.grow(dayNs - 1));
        assertEquals(256 * 15, slow.weight());
        assertFalse(slow.grow(Long.MAX_VALUE));
        assertEquals(256 * 16, slow.weight());
    }

    @Test
    void thoseWhoBeginTogetherShareAlike() {
        Component first = register(1, 1, SLOW_START_NS, Balance.ROUNDROBIN);
        Component second = register(2, 1, SLOW_START_NS, Balance.ROUNDROBIN);
        assertShare(0.5, first, second);
    }

    @Test
    void withoutASlowStartTheWeightIsThereAtOnce() {
        Component first = register(1, 1, 0, Balance.ROUNDROBIN);
        Component second = register(2, 1, 0, Balance.ROUNDROBIN);
        assertTrue(link.slowStarts.isEmpty());
        assertShare(0.5, first, second);
    }

    @Test
    void whoReturnsBeginsAnew() {
        Component first = register(1, 1, 0, Balance.ROUNDROBIN);
        Component slow = register(2, 1, SLOW_START_NS, Balance.ROUNDROBIN);
        slow.grow(SLOW_START_NS);
        registry.report(link, TCP_50000, false);
        assertEquals(1, link.slowStarts.size());
        registry.report(link, TCP_50000, true);
        assertEquals(List.of(slow, slow), link.slowStarts);
        assertShare(1.0 / 17, first, slow);
    }

    @Test
    void whoWasTheLastResortBeginsAnew() {
        Component first = register(1, 1, 0, Balance.ROUNDROBIN);
        Component slow = register(2, 1, SLOW_START_NS, Balance.ROUNDROBIN);
        slow.grow(SLOW_START_NS);
        for (int failure = 0; failure < 3; failure++) {
            slow.onConnectFailed();
        }
        assertEquals(State.UNREACHABLE, slow.state());
        slow.onReached();
        assertShare(1.0 / 17, first, slow);
    }

    @Test
    void beingFullForAMomentIsNoReturn() {
        ComponentTraits one = new ComponentTraits(null, 1, 1, ProxyProtocol.NONE, SLOW_START_NS, 0, 0, 0, 0);
        registry.register(link, new Registration(TCP_50000, 1, one, ServiceTerms.UNSAID, null));
        Component slow = link.slowStarts.get(0);
        slow.grow(SLOW_START_NS);
        slow.onRelayOpened();
        slow.onRelayClosed();
        assertEquals(1, link.slowStarts.size());
        assertEquals(16, slow.weight());
    }

    @Test
    void aTakeoverGoesOnWhereItWas() {
        Component slow = register(1, 1, SLOW_START_NS, Balance.ROUNDROBIN);
        slow.grow(SLOW_START_NS * 2 / 3);
        RecordingLink other = RecordingLink.from("10.0.0.1");
        ComponentTraits again = new ComponentTraits(null, 1, 0, ProxyProtocol.NONE, SLOW_START_NS, 0, 0, 0, 0);
        registry.register(other, new Registration(TCP_50000, 1, again, ServiceTerms.UNSAID, null));
        assertEquals(11, slow.weight());
        assertTrue(other.slowStarts.isEmpty());
    }

    @Test
    void aTakeoverThatAsksForNoneEndsIt() {
        Component slow = register(1, 1, SLOW_START_NS, Balance.ROUNDROBIN);
        RecordingLink other = RecordingLink.from("10.0.0.1");
        registry.register(other, new Registration(TCP_50000, 1, ComponentTraits.DEFAULT, ServiceTerms.UNSAID, null));
        assertFalse(slow.grow(1));
        assertEquals(16, slow.weight());
    }

    @Test
    void aTakeoverThatMakesItGoodBeginsAnewForTheNewLink() {
        Component slow = register(1, 1, SLOW_START_NS, Balance.ROUNDROBIN);
        slow.grow(SLOW_START_NS);
        registry.drain(slow);
        RecordingLink other = RecordingLink.from("10.0.0.1");
        ComponentTraits again = new ComponentTraits(null, 1, 0, ProxyProtocol.NONE, SLOW_START_NS, 0, 0, 0, 0);
        registry.register(other, new Registration(TCP_50000, 1, again, ServiceTerms.UNSAID, null));
        assertEquals(List.of(slow), other.slowStarts);
        assertEquals(1, slow.weight());
    }

    @Test
    void whoHasLeftGrowsNoMore() {
        Component slow = register(1, 1, SLOW_START_NS, Balance.ROUNDROBIN);
        registry.disconnect(link);
        assertFalse(slow.grow(1));
    }

    private Component register(int port, int weight, long slowStartNs, Balance balance) {
        ComponentTraits traits = new ComponentTraits(null, weight, 0, ProxyProtocol.NONE, slowStartNs, 0, 0, 0, 0);
        ServiceTerms terms = new ServiceTerms(balance, null, null, null, null, null, null, null, null);
        assertEquals(Outcome.DONE, registry.register(link, new Registration(TCP_50000, port, traits, terms, null)));
        return registry.componentsOf(link).stream()
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    /** Whose share of many clients, each with a relay of its own for the time being, this much is. */
    private void assertShare(double expected, Component first, Component slow) {
        List<Component> both = List.of(first, slow);
        int[] served = new int[2];
        for (int client = 0; client < CLIENTS; client++) {
            InetAddress address = RecordingLink.address("10.9." + client / 200 + "." + client % 200);
            Component elected = Objects.requireNonNull(first.service().elect(address, any -> true));
            served[both.indexOf(elected)]++;
            elected.onRelayOpened();
        }
        both.forEach(one -> {
            while (one.active() > 0) {
                one.onRelayClosed();
            }
        });
        assertEquals(expected, (double) served[1] / CLIENTS, 0.03, "after " + slow.weight() + "/16");
    }
}
