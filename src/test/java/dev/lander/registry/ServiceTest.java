package dev.lander.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServiceTest {
    private static final InetAddress CLIENT = RecordingLink.address("10.9.9.9");
    private static final int MISSES = 3;

    private final RecordingLink link = RecordingLink.from("10.0.0.1");
    private Service service = service(Balance.ROUNDROBIN);

    @Test
    void aServiceWithoutComponentsElectsNobody() {
        assertNull(service.elect(CLIENT, candidate -> true));
    }

    @Test
    void componentsTakeTurnsInTheOrderOfRegistration() {
        add(1);
        add(2);
        add(3);
        assertEquals("123123", elected(6));
    }

    @Test
    void aWeightIsAShareOfTheTurns() {
        add(1, 3, 0);
        add(2, 1, 0);
        assertEquals("11211121", elected(8));
    }

    @Test
    void aRetryTakesTheNextTurn() {
        add(1);
        add(2);
        add(3);
        Set<Component> tried = new HashSet<>();
        assertEquals(1, elect(tried));
        assertEquals(2, elect(tried));
        assertEquals("31", elected(2));
        assertEquals(3, elect(tried));
        assertNull(service.elect(CLIENT, candidate -> !tried.contains(candidate)));
        assertEquals("21", elected(2));
    }

    @Test
    void aNewcomerIsLastInTurn() {
        add(1);
        add(2);
        assertEquals("1", elected(1));
        add(3);
        assertEquals("213213", elected(6));
    }

    @Test
    void whoeverLeavesIsChosenNoMoreAndNobodyLosesATurn() {
        add(1);
        Component second = add(2);
        add(3);
        add(4);
        assertEquals("1", elected(1));
        service.remove(second);
        assertEquals("341341", elected(6));
        assertFalse(second.isRegistered());
        assertFalse(second.isInRotation());
    }

    @Test
    void oneThatComesBackAtOnceKeepsItsTurn() {
        add(1);
        Component second = add(2);
        add(3);
        assertEquals("1", elected(1));
        second.reported(false);
        second.reported(true);
        assertEquals("231", elected(3));
    }

    @Test
    void oneThatComesBackAfterItsTurnIsLast() {
        add(1);
        Component second = add(2);
        add(3);
        assertEquals("1", elected(1));
        second.reported(false);
        assertEquals("3", elected(1));
        second.reported(true);
        assertEquals("132132", elected(6));
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void everyPolicyServesAllComponentsInRotation(Balance balance) {
        service = service(balance);
        for (int port = 1; port <= 5; port++) {
            add(port);
        }
        assertEquals(Set.of(1, 2, 3, 4, 5), new HashSet<>(electAll()));
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void silentAndUnreachableOnesAreTriedWhenAllInRotationHaveFailed(Balance balance) {
        service = service(balance);
        silence(add(1));
        add(2);
        makeUnreachable(add(3));
        add(4);
        for (int round = 0; round < 20; round++) {
            List<Integer> order = electAll();
            assertEquals(Set.of(2, 4), Set.copyOf(order.subList(0, 2)), order::toString);
            assertEquals(Set.of(1, 3), Set.copyOf(order.subList(2, 4)), order::toString);
            assertEquals(4, order.size());
        }
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void badAndDrainingOnesAreNeverTried(Balance balance) {
        service = service(balance);
        add(1).reported(false);
        add(2).drain();
        Component silentToo = add(3);
        silence(silentToo);
        silentToo.drain();
        Component unreachableToo = add(4);
        makeUnreachable(unreachableToo);
        unreachableToo.reported(false);
        assertEquals(List.of(), electAll());
        add(5);
        assertEquals(List.of(5), electAll());
    }

    @Test
    void thoseOfLastResortTakeTurnsToo() {
        for (int port = 1; port <= 3; port++) {
            silence(add(port));
        }
        assertEquals("123123", elected(6));
    }

    @Test
    void oneThatRecoversIsInRotationAgain() {
        add(1);
        Component second = add(2);
        silence(second);
        assertEquals("111", elected(3));
        assertFalse(second.isInRotation());
        second.reported(true);
        assertTrue(second.isInRotation());
        assertTrue(elected(2).contains("2"));

        makeUnreachable(second);
        assertEquals("111", elected(3));
        second.onReached();
        assertTrue(elected(2).contains("2"));
    }

    @Test
    void oneSuccessAmongFailuresKeepsAComponentInRotation() {
        Component component = add(1);
        for (int i = 0; i < 10; i++) {
            component.onConnectFailed();
            component.onConnectFailed();
            assertTrue(component.isInRotation());
            component.onReached();
        }
        assertEquals(20, component.tally().failures());
    }

    @Test
    void aFullComponentIsPassedOverUntilARelayEnds() {
        Component small = add(1, 1, 2);
        add(2);
        small.onRelayOpened();
        assertEquals("12", elected(2));
        small.onRelayOpened();
        assertEquals("222", elected(3));
        small.onRelayClosed();
        assertTrue(elected(2).contains("1"));
        small.onRelayOpened();
        small.onRelayOpened();
        assertEquals("222", elected(3));
        small.onRelayClosed();
        assertEquals("222", elected(3));
        small.onRelayClosed();
        assertTrue(elected(2).contains("1"));
    }

    @Test
    void oneThatWasFullForAMomentNeitherGainsNorLosesATurn() {
        Component first = add(1, 1, 1);
        add(2);
        add(3);
        assertEquals("1", elected(1));
        first.onRelayOpened();
        assertEquals("2", elected(1));
        first.onRelayClosed();
        assertEquals("312312", elected(6));
    }

    @Test
    void whenAllInRotationAreFullTheLastResortServes() {
        add(1, 1, 1).onRelayOpened();
        silence(add(2));
        assertEquals("22", elected(2));
    }

    @Test
    void aFullOneOfLastResortIsNotTried() {
        Component component = add(1, 1, 1);
        silence(component);
        component.onRelayOpened();
        assertEquals(List.of(), electAll());
        component.onRelayClosed();
        assertEquals(List.of(1), electAll());
    }

    @Test
    void allFullMeansNobody() {
        Component first = add(1, 1, 1);
        Component second = add(2, 1, 1);
        first.onRelayOpened();
        second.onRelayOpened();
        assertEquals(List.of(), electAll());
        second.onRelayClosed();
        assertEquals(List.of(2), electAll());
    }

    @Test
    void withoutALimitAComponentIsNeverFull() {
        Component component = add(1);
        for (int i = 0; i < 100_000; i++) {
            component.onRelayOpened();
        }
        assertEquals("1", elected(1));
        assertEquals(100_000, component.active());
    }

    @Test
    void anUnreachableOneOnTrialIsInRotationForATry() {
        add(1);
        Component second = add(2);
        makeUnreachable(second);
        second.admitTrial();
        assertTrue(second.isOnTrial());
        assertTrue(elected(2).contains("2"));
        second.endTrial();
        assertFalse(second.isOnTrial());
        assertEquals("11", elected(2));
        assertEquals(State.UNREACHABLE, second.state());
        second.onReached();
        assertTrue(elected(2).contains("2"));
    }

    @Test
    void aTrialDoesNotBringBackABadOrDrainingOne() {
        Component first = add(1);
        makeUnreachable(first);
        first.reported(false);
        first.admitTrial();
        Component second = add(2);
        makeUnreachable(second);
        second.drain();
        second.admitTrial();
        assertEquals(List.of(), electAll());
    }

    @Test
    void theLeastLoadedIsChosenAsRelaysOpenAndClose() {
        service = service(Balance.LEASTCONN);
        Component first = add(1);
        Component second = add(2);
        first.onRelayOpened();
        assertEquals("22", elected(2));
        second.onRelayOpened();
        second.onRelayOpened();
        assertEquals("11", elected(2));
        second.onRelayClosed();
        second.onRelayClosed();
        assertEquals("22", elected(2));
    }

    @Test
    void ofEquallyLoadedOnesWhoWasChosenLongestAgoIsNextWhicheverRelayEndedFirst() {
        service = service(Balance.LEASTCONN);
        List<Component> components = List.of(add(1), add(2), add(3));
        for (Component next : components) {
            assertEquals(Integer.toString(portOf(next)), elected(1));
            next.onRelayOpened();
        }
        components.get(1).onRelayClosed();
        components.get(0).onRelayClosed();
        assertEquals("12", elected(2));
    }

    @Test
    void theLoadOfOneThatIsOutIsKnownWhenItIsBack() {
        service = service(Balance.LEASTCONN);
        Component first = add(1);
        Component second = add(2);
        second.onRelayOpened();
        first.reported(false);
        first.onRelayOpened();
        first.onRelayOpened();
        first.reported(true);
        assertEquals("22", elected(2));
    }

    @Test
    void aClientStaysWithItsComponentByItsAddress() {
        service = service(Balance.SOURCE);
        for (int port = 1; port <= 5; port++) {
            add(port);
        }
        Set<Integer> chosen = new HashSet<>();
        for (int host = 1; host <= 50; host++) {
            InetAddress client = RecordingLink.address("10.7.7." + host);
            Component component = service.elect(client, candidate -> true);
            assertEquals(component, service.elect(client, candidate -> true));
            chosen.add(portOf(component));
        }
        assertEquals(Set.of(1, 2, 3, 4, 5), chosen);
    }

    @Test
    void aListenerHearsOfEveryChangeOfOpenRelaysUntilItIsTakenAway() {
        Component component = add(1);
        List<Integer> heard = new ArrayList<>();
        component.onActiveChanged(() -> heard.add(component.active()));
        component.onRelayOpened();
        component.onRelayOpened();
        component.onRelayClosed();
        component.onActiveChanged(null);
        component.onRelayClosed();
        assertEquals(List.of(1, 2, 1), heard);
        assertEquals(0, component.active());
    }

    @Test
    void aLowerTierServesOnlyWhileThoseBeforeAreOut() {
        Component first = addTo(0, 1);
        Component second = addTo(0, 2);
        addTo(1, 3);
        addTo(7, 4);
        assertEquals("1212", elected(4));
        first.reported(false);
        assertEquals("22", elected(2));
        second.drain();
        assertEquals("33", elected(2));
        first.reported(true);
        assertEquals("11", elected(2));
    }

    @Test
    void aFullTierLeavesClientsToTheNext() {
        Component primary = addTo(0, 1, 1);
        addTo(1, 2);
        primary.onRelayOpened();
        assertEquals("2", elected(1));
        primary.onRelayClosed();
        assertEquals("1", elected(1));
    }

    @Test
    void theLastResortOfABetterTierComesAfterTheRotationOfAllTiers() {
        silence(addTo(0, 1));
        Component backup = addTo(1, 2);
        silence(addTo(1, 3));
        assertEquals(List.of(2, 1, 3), electAll());
        silence(backup);
        assertEquals(List.of(1, 3, 2), electAll());
    }

    @Test
    void aClientThatHasTriedATierGoesOnToTheNext() {
        addTo(2, 3);
        addTo(0, 1);
        addTo(1, 2);
        assertEquals(List.of(1, 2, 3), electAll());
    }

    @Test
    void policyAndWeightsHoldWithinATier() {
        service = service(Balance.LEASTCONN);
        Component busy = addTo(0, 1);
        busy.onRelayOpened();
        addTo(0, 2);
        addTo(1, 3);
        assertEquals("22", elected(2));
    }

    @Test
    void aTakeoverMayChangeTheTier() {
        Component primary = addTo(0, 1);
        addTo(0, 2);
        assertEquals("1", elected(1));
        primary.takeOver(link, tier(1, 0));
        assertEquals("222", elected(3));
        primary.takeOver(link, tier(0, 0));
        assertEquals("2121", elected(4));
    }

    @Test
    void whoeverIsFullMovesToAnotherTierToo() {
        Component full = addTo(0, 1, 1);
        addTo(1, 2);
        full.onRelayOpened();
        full.takeOver(link, tier(3, 1));
        full.onRelayClosed();
        assertEquals(List.of(2, 1), electAll());
    }

    private Component addTo(int priority, int port) {
        return addTo(priority, port, 0);
    }

    private Component addTo(int priority, int port, int maxConnections) {
        Component component = new Component(
                service, new InetSocketAddress(link.address(), port), tier(priority, maxConnections), link);
        service.add(component);
        return component;
    }

    private static ComponentTraits tier(int priority, int maxConnections) {
        return new ComponentTraits(null, 1, maxConnections, ProxyProtocol.NONE, 0, priority, 0, 0, 0);
    }

    private static Service service(Balance balance) {
        return new Service(
                new RelayPort(Protocol.TCP, 50_000),
                new ServiceTerms(balance, null, null, null, null, null, null, null, null),
                (changed, before) -> {},
                new Traffic(),
                new SplittableRandom(1));
    }

    private Component add(int port) {
        return add(port, 1, 0);
    }

    private Component add(int port, int weight, int maxConnections) {
        ComponentTraits traits = new ComponentTraits(null, weight, maxConnections, ProxyProtocol.NONE, 0, 0, 0, 0, 0);
        Component component = new Component(service, new InetSocketAddress(link.address(), port), traits, link);
        service.add(component);
        return component;
    }

    private static void silence(Component component) {
        component.reported(true);
        for (int check = 0; check <= MISSES; check++) {
            component.checks().due(MISSES);
        }
        assertEquals(State.SILENT, component.state());
    }

    private static void makeUnreachable(Component component) {
        for (int failure = 0; failure < 3; failure++) {
            component.onConnectFailed();
        }
        assertEquals(State.UNREACHABLE, component.state());
    }

    /** The ports of the components that the next clients get, one after the other. */
    private String elected(int clients) {
        StringBuilder ports = new StringBuilder();
        for (int i = 0; i < clients; i++) {
            ports.append(portOf(service.elect(CLIENT, candidate -> true)));
        }
        return ports.toString();
    }

    /** The ports of all components that one client would be sent to if every try failed. */
    private List<Integer> electAll() {
        Set<Component> tried = new HashSet<>();
        List<Integer> ports = new ArrayList<>();
        for (Component next = service.elect(CLIENT, one -> true);
                next != null;
                next = service.elect(CLIENT, one -> !tried.contains(one))) {
            assertTrue(tried.add(next), "elected twice");
            ports.add(portOf(next));
        }
        return ports;
    }

    /** The port of the component that this client gets next. */
    private int elect(Set<Component> tried) {
        Component next = service.elect(CLIENT, candidate -> !tried.contains(candidate));
        int port = portOf(next);
        if (next != null) {
            tried.add(next);
        }
        return port;
    }

    private static int portOf(@Nullable Component component) {
        return component == null ? 0 : component.address().getPort();
    }
}
