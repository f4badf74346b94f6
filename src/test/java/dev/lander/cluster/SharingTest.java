package dev.lander.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.listing.ClusterEvent;
import dev.lander.listing.ClusterStatus;
import dev.lander.listing.MemberStatus;
import dev.lander.registry.Balance;
import dev.lander.registry.Component;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.Holders;
import dev.lander.registry.Outcome;
import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.registry.Registration;
import dev.lander.registry.RelayPort;
import dev.lander.registry.ServiceTerms;
import dev.lander.registry.Snapshot;
import dev.lander.registry.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What several Landers make of what is registered with any of them, row by row of the manual's table. */
@Timeout(30)
class SharingTest {
    private static final RelayPort TCP = new RelayPort(Protocol.TCP, 80);
    private static final RelayPort UDP = new RelayPort(Protocol.UDP, 53);
    private static final InetSocketAddress WEB = SharedRegistries.address(1, 30_000);
    private static final InetSocketAddress OTHER = SharedRegistries.address(2, 30_000);
    private static final InetSocketAddress THIRD = SharedRegistries.address(3, 30_000);
    private static final InetSocketAddress FOURTH = SharedRegistries.address(4, 30_000);
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final SharedRegistries shared = new SharedRegistries();
    private final SharedRegistries.Lander one = shared.add();
    private final SharedRegistries.Lander two = shared.add();
    private final SharedRegistries.Lander three = shared.add();

    SharingTest() throws IOException {}

    @BeforeEach
    void meet() {
        shared.deliverAll();
    }

    @AfterEach
    void end() {
        shared.close();
        assertEquals(List.of(), shared.faults());
    }

    @Test
    void aComponentIsRegisteredWhileAnybodyHoldsIt() {
        register(one, TCP, WEB);
        register(two, TCP, WEB);
        shared.deliverAll();
        assertEquals(1, three.state().size());
        disconnect(one);
        shared.deliverAll();
        assertAll(1);
        disconnect(two);
        shared.deliverAll();
        assertAll(0);
    }

    @Test
    void termsAreThoseOfTheEarliestAndWhoeverHadOthersIsTold() {
        shared.cut(one, two);
        shared.cut(two, three);
        shared.deliverAll();
        register(one, TCP, WEB, Balance.LEASTCONN, 1);
        shared.advance(MOMENT);
        register(two, TCP, OTHER, Balance.SOURCE, 1);
        shared.heal();
        shared.deliverAll();
        for (SharedRegistries.Lander lander : shared.alive()) {
            assertTrue(
                    lander.state().stream().allMatch(line -> line.contains(" leastconn ")), lander.state()::toString);
        }
        assertTrue(two.has(ClusterEvent.TERMS_LOST));
        assertFalse(one.has(ClusterEvent.TERMS_LOST));
        disconnect(one);
        shared.deliverAll();
        for (SharedRegistries.Lander lander : shared.alive()) {
            assertTrue(lander.state().stream().allMatch(line -> line.contains(" source ")), lander.state()::toString);
        }
    }

    @Test
    void onlyWhoHadAskedForOthersIsToldThatTermsAreLostAndOnce() {
        part();
        register(one, TCP, WEB, Balance.LEASTCONN, 1);
        shared.advance(MOMENT);
        register(two, TCP, OTHER, Balance.SOURCE, 1);
        register(two, TCP, THIRD, null, 1);
        shared.advance(MOMENT);
        register(three, TCP, FOURTH, null, 1);
        shared.heal();
        shared.deliverAll();
        assertEquals(List.of(0, 1, 0), lostTerms());
        register(two, TCP, SharedRegistries.address(5, 30_000), null, 1);
        shared.alive().forEach(lander -> lander.run(any -> any.end.tellAll()));
        shared.deliverAll();
        assertEquals(List.of(0, 1, 0), lostTerms(), "nothing has changed");
        disconnect(one);
        shared.deliverAll();
        assertEquals(List.of(0, 1, 0), lostTerms(), "those of the second hold now");
        assertTrue(three.state().iterator().next().contains(" source "), three.state()::toString);
    }

    @Test
    void loadsAreToldOfAllComponentsWhenOtherTermsBringABalanceThatComparesThem() {
        part();
        register(one, TCP, WEB, Balance.LEASTCONN, 1);
        shared.advance(MOMENT);
        register(two, TCP, OTHER, null, 1);
        two.run(lander -> component(lander, TCP, OTHER).onRelayOpened());
        shared.heal();
        shared.deliverAll();
        look();
        int load = ask(three, lander -> component(lander, TCP, OTHER).load());
        assertEquals(1, load);
    }

    @Test
    void aMemberIsHeardByItsSignsOfLifeAsByItsNews() {
        long joinedMs = heardMs(one);
        shared.advance(Duration.ofSeconds(60));
        assertEquals(joinedMs, heardMs(one), "it has said nothing since");
        one.run(lander -> lander.end.silentNs = Duration.ofSeconds(2).toNanos());
        assertEquals(joinedMs + 58_000, heardMs(one));
        register(two, TCP, WEB);
        shared.deliverAll();
        assertEquals(joinedMs + 60_000, heardMs(one));
    }

    /** When it has heard of Lander two last. */
    private static long heardMs(SharedRegistries.Lander at) {
        return status(at).members().get(1).heardMs();
    }

    @Test
    void itIsShownWithWhomAComponentIsRegisteredAndSinceWhenItIsAnOrphan() {
        register(one, TCP, WEB);
        register(three, TCP, WEB);
        shared.deliverAll();
        assertEquals(new Holders(List.of("lb1", "lb3"), 0), holders(two));
        assertEquals(new Holders(List.of("lb1", "lb3"), 0), holders(one));
        one.kill();
        shared.deliverAll();
        assertEquals(new Holders(List.of("lb3"), 0), holders(two));
        three.kill();
        shared.deliverAll();
        Holders orphan = holders(two);
        assertEquals(List.of(), orphan.members());
        assertTrue(orphan.orphanSinceMs() > 0, orphan::toString);
        shared.advance(Duration.ofSeconds(1));
        assertEquals(orphan, holders(two));
    }

    @Test
    void itIsShownWhatAServiceHadBeenAskedForHereInVain() {
        part();
        register(one, TCP, WEB, Balance.LEASTCONN, 1);
        shared.advance(MOMENT);
        register(two, TCP, OTHER, Balance.SOURCE, 1);
        shared.heal();
        shared.deliverAll();
        assertEquals("balance is leastconn", service(two).termsLost());
        assertEquals("", service(three).termsLost());
        disconnect(two);
        register(two, TCP, OTHER, Balance.LEASTCONN, 1);
        shared.deliverAll();
        assertEquals("", service(two).termsLost());
    }

    private static Holders holders(SharedRegistries.Lander at) {
        return Objects.requireNonNull(service(at).components().get(0).holders());
    }

    private static Snapshot.ServiceStatus service(SharedRegistries.Lander at) {
        return ask(at, lander -> lander.registry.walk().whole().services().get(0));
    }

    @Test
    void termsOfARegistrationThatWasReplacedUnheardCountNoMore() {
        register(one, TCP, WEB, Balance.LEASTCONN, 1);
        shared.deliverAll();
        part();
        disconnect(one);
        shared.advance(MOMENT);
        register(one, TCP, WEB, Balance.SOURCE, 1);
        shared.heal();
        shared.deliverAll();
        shared.alive()
                .forEach(lander -> assertTrue(
                        lander.state().stream().allMatch(line -> line.contains(" source ")), lander.state()::toString));
    }

    @Test
    void theLatestWordOfOperatorsHoldsWhicheverIsHeardLast() {
        register(one, TCP, WEB);
        shared.deliverAll();
        part();
        two.run(lander -> lander.registry.operatorDrains().drain(component(lander, TCP, WEB)));
        shared.advance(MOMENT);
        three.run(lander -> lander.registry.operatorDrains().drain(component(lander, TCP, WEB)));
        shared.advance(MOMENT);
        three.run(lander -> lander.registry.operatorDrains().undrain(TCP, WEB, component(lander, TCP, WEB)));
        shared.heal();
        shared.deliverAll();
        shared.alive().forEach(lander -> assertEquals(State.GOOD, state(lander)));
    }

    /** No two reach each other. */
    private void part() {
        shared.cut(one, two);
        shared.cut(two, three);
        shared.cut(one, three);
        shared.deliverAll();
    }

    private List<Integer> lostTerms() {
        return List.of(
                one.count(ClusterEvent.TERMS_LOST),
                two.count(ClusterEvent.TERMS_LOST),
                three.count(ClusterEvent.TERMS_LOST));
    }

    @Test
    void traitsAreThoseOfTheLatestRegistration() {
        register(one, TCP, WEB, null, 7);
        shared.deliverAll();
        shared.advance(MOMENT);
        register(two, TCP, WEB, null, 3);
        shared.deliverAll();
        shared.alive().forEach(lander -> assertEquals(3, weight(lander)));
        disconnect(two);
        shared.deliverAll();
        shared.alive().forEach(lander -> assertEquals(7, weight(lander)));
    }

    @Test
    void aDrainHoldsAtAllUntilALaterRegister() {
        register(one, TCP, WEB);
        register(two, TCP, WEB);
        shared.deliverAll();
        one.run(lander -> lander.registry.drain(component(lander, TCP, WEB)));
        shared.deliverAll();
        shared.alive().forEach(lander -> assertEquals(State.DRAINING, state(lander)));
        shared.advance(MOMENT);
        disconnect(two);
        register(two, TCP, WEB);
        shared.deliverAll();
        shared.alive().forEach(lander -> assertEquals(State.GOOD, state(lander)));
    }

    @Test
    void anOperatorsDrainHoldsAtAllWhicheverWasAsked() {
        register(one, TCP, WEB);
        shared.deliverAll();
        two.run(lander -> lander.registry.operatorDrains().drain(component(lander, TCP, WEB)));
        shared.deliverAll();
        shared.alive().forEach(lander -> assertEquals(State.DRAINING, state(lander)));
        three.run(lander -> lander.registry.operatorDrains().undrain(TCP, WEB, component(lander, TCP, WEB)));
        shared.deliverAll();
        shared.alive().forEach(lander -> assertEquals(State.GOOD, state(lander)));
    }

    @Test
    void isBadWhereAnyLanderHasBeenToldSo() {
        register(one, TCP, WEB);
        register(two, TCP, WEB);
        report(one, true);
        report(two, false);
        shared.deliverAll();
        shared.alive().forEach(lander -> assertEquals(State.BAD, state(lander)));
        report(two, true);
        shared.deliverAll();
        shared.alive().forEach(lander -> assertEquals(State.GOOD, state(lander)));
    }

    @Test
    void isSilentWhenAllThatCheckItFindItSo() {
        register(one, TCP, WEB);
        register(two, TCP, WEB);
        report(one, true);
        report(two, true);
        silence(one);
        shared.deliverAll();
        shared.alive().forEach(lander -> assertEquals(State.GOOD, state(lander)));
        silence(two);
        shared.deliverAll();
        shared.alive().forEach(lander -> assertEquals(State.SILENT, state(lander)));
        report(one, true);
        shared.deliverAll();
        shared.alive().forEach(lander -> assertEquals(State.GOOD, state(lander)));
    }

    @Test
    void unreachableIsEachLandersOwnView() {
        register(one, TCP, WEB);
        shared.deliverAll();
        two.run(lander -> {
            for (int i = 0; i < 3; i++) {
                component(lander, TCP, WEB).onConnectFailed();
            }
        });
        shared.deliverAll();
        assertEquals(State.UNREACHABLE, state(two));
        assertEquals(State.GOOD, state(one));
        assertEquals(State.GOOD, state(three));
    }

    @Test
    void whatOthersHaveOpenCountsForMaxConnections() {
        ComponentTraits atMostTwo = new ComponentTraits(null, 1, 2, ProxyProtocol.NONE, 0, 0, 0, 0, 0);
        one.run(lander -> lander.registry.register(
                lander.peer, new Registration(TCP, WEB.getPort(), atMostTwo, ServiceTerms.UNSAID, WEB.getAddress())));
        shared.deliverAll();
        one.run(lander -> component(lander, TCP, WEB).onRelayOpened());
        two.run(lander -> component(lander, TCP, WEB).onRelayOpened());
        look();
        assertFalse(hasRoom(three));
        assertFalse(hasRoom(one));
        two.run(lander -> component(lander, TCP, WEB).onRelayClosed());
        look();
        assertTrue(hasRoom(three));
        one.kill();
        shared.deliverAll();
        assertEquals(0, load(three));
    }

    @Test
    void aDrainsRelaysAreThoseOfAllAndZeroIsNotToldBeforeAllHaveSaid() {
        register(one, TCP, WEB);
        shared.deliverAll();
        two.run(lander -> component(lander, TCP, WEB).onRelayOpened());
        one.run(lander -> lander.registry.drain(component(lander, TCP, WEB)));
        assertFalse(isLoadKnown(one));
        for (int i = 0; i < 4; i++) {
            look();
        }
        assertTrue(isLoadKnown(one));
        assertEquals(1, load(one));
        two.run(lander -> component(lander, TCP, WEB).onRelayClosed());
        look();
        assertEquals(0, load(one));
    }

    @Test
    void anOrphanIsServedAsItWasWithinTheGrace() {
        register(one, TCP, WEB);
        register(one, UDP, WEB);
        shared.deliverAll();
        one.kill();
        shared.deliverAll();
        shared.advance(SharedRegistries.GRACE.minusMillis(500));
        assertAll(2);
        assertTrue(two.state().stream().allMatch(line -> line.endsWith(" good")));
        assertTrue(two.has(ClusterEvent.MEMBER_LOST));
        assertEquals(2, status(two).orphans());
        assertEquals(1, status(two).lost());
    }

    @Test
    void orphansLoadsAndRefusedPortsAreLookedAfterAlsoWhenThereWasNothingForLong() {
        Duration quiet = Duration.ofSeconds(5);
        register(one, TCP, WEB);
        shared.deliverAll();
        shared.advance(quiet);
        two.run(lander -> component(lander, TCP, WEB).onRelayOpened());
        one.run(lander -> lander.registry.drain(component(lander, TCP, WEB)));
        shared.deliverAll();
        look();
        assertEquals(1, load(one));
        disconnect(one);
        shared.deliverAll();
        shared.advance(quiet);
        two.refusals.put(TCP, "Address already in use");
        register(one, TCP, WEB);
        shared.deliverAll();
        two.refusals.clear();
        shared.advance(Duration.ofSeconds(11));
        assertEquals(1, two.state().size());
        shared.advance(quiet);
        one.kill();
        shared.deliverAll();
        shared.advance(SharedRegistries.GRACE.plusSeconds(20));
        assertAll(0);
    }

    @Test
    void afterTheGraceAnOrphanStaysWhileItAnswersProbesForAnHourAtMost() {
        register(one, TCP, WEB);
        register(one, new RelayPort(Protocol.TCP, 81), WEB);
        shared.answering.add(TCP);
        shared.deliverAll();
        one.kill();
        shared.deliverAll();
        shared.advance(SharedRegistries.GRACE.plusSeconds(20));
        assertAll(1);
        assertTrue(two.state().iterator().next().startsWith("tcp/80 "));
        shared.advance(Duration.ofMinutes(59));
        assertAll(1);
        shared.advance(Duration.ofMinutes(1));
        assertAll(0);
    }

    @Test
    void anOrphanOnUdpBecomesTheLastResortAndGoesAfterTenGracesOrTheFirstRefusal() {
        register(one, UDP, WEB);
        register(one, UDP, OTHER);
        register(two, UDP, SharedRegistries.address(3, 30_000));
        shared.deliverAll();
        one.kill();
        shared.deliverAll();
        shared.advance(SharedRegistries.GRACE.plusMillis(500));
        assertEquals(
                State.SILENT, ask(three, lander -> component(lander, UDP, WEB).state()));
        three.run(lander -> component(lander, UDP, OTHER).onConnectFailed());
        shared.advance(Duration.ofMillis(500));
        assertEquals(2, three.state().size());
        assertEquals(3, two.state().size());
        shared.advance(SharedRegistries.GRACE.multipliedBy(9));
        assertAll(1);
    }

    @Test
    void whoLeavesInOrderTakesNobodyOutAndIsNotCountedAsLost() {
        register(one, TCP, WEB);
        shared.deliverAll();
        one.run(lander -> lander.cluster.leave());
        disconnect(one);
        shared.deliverAll();
        one.kill();
        shared.deliverAll();
        assertAll(1);
        assertTrue(two.has(ClusterEvent.MEMBER_LEAVING));
        assertFalse(two.has(ClusterEvent.MEMBER_LOST));
        assertEquals(0, status(two).lost());
    }

    @Test
    void membersOfOneNameAreToldApartByTheirAddresses() {
        SharedRegistries.Lander other = shared.add("lb1", null);
        shared.deliverAll();
        List<String> names =
                status(two).members().stream().map(MemberStatus::name).toList();
        assertEquals(List.of("lb2", "lb1@127.0.0.1:7989", "lb3", "lb1@127.0.0.1:7992"), names);
        assertEquals("lb1@127.0.0.1:7992", status(other).members().get(0).name());
        one.kill();
        shared.deliverAll();
        assertEquals("lb1", status(other).members().get(0).name());
    }

    @Test
    void aReleaseHasNoGrace() {
        register(one, TCP, WEB);
        shared.deliverAll();
        disconnect(one);
        shared.deliverAll();
        assertAll(0);
    }

    @Test
    void anOrphanThatRegistersWithAnotherLanderIsOneNoMore() {
        register(one, TCP, WEB);
        shared.deliverAll();
        one.kill();
        shared.deliverAll();
        shared.advance(MOMENT);
        register(two, TCP, WEB);
        shared.deliverAll();
        assertEquals(0, status(three).orphans());
        shared.advance(SharedRegistries.GRACE.plusSeconds(30));
        assertAll(1);
        disconnect(two);
        shared.deliverAll();
        assertAll(0);
    }

    @Test
    void aLoopbackRegistrationIsToldUnderTheClustersAddressOrNotAtAll() {
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 30_000);
        register(one, TCP, loopback);
        shared.deliverAll();
        assertEquals(1, one.state().size());
        assertEquals(Set.of(), two.state());
        SharedRegistries.Lander four = shared.add(SharedRegistries.address(9, 0).getAddress());
        register(four, UDP, loopback);
        shared.deliverAll();
        assertTrue(two.state().iterator().next().contains(" 10.0.0.9:30000 "), two.state()::toString);
        assertTrue(four.state().iterator().next().contains(" 127.0.0.1:30000 "), four.state()::toString);
    }

    @Test
    void aPortThatAnotherCannotBindIsShownAtTheHolderAndTriedAgain() {
        two.refusals.put(TCP, "Address already in use");
        register(one, TCP, WEB);
        shared.deliverAll();
        assertEquals(Set.of(), two.state());
        assertTrue(one.has(ClusterEvent.PEER_CANNOT_SERVE));
        MemberStatus.Refused refused = new MemberStatus.Refused("tcp/80", "Address already in use");
        assertEquals(List.of(refused), status(one).members().get(1).refused());
        two.refusals.clear();
        shared.advance(Duration.ofSeconds(11)); // the clock moves by two looks at a time
        shared.deliverAll();
        assertAll(1);
        assertTrue(one.has(ClusterEvent.PEER_SERVES));
        assertEquals(List.of(), status(one).members().get(1).refused());
    }

    @Test
    void whatHasLeftIsNotSaidToBeRefusedAnyMore() {
        two.refusals.put(TCP, "Address already in use");
        register(one, TCP, WEB);
        register(three, TCP, WEB);
        shared.deliverAll();
        disconnect(one);
        shared.deliverAll();
        assertEquals(List.of(), status(one).members().get(1).refused());
        assertEquals(1, status(three).members().get(2).refused().size(), "it is still registered there");
        disconnect(three);
        shared.deliverAll();
        assertEquals(List.of(), status(three).members().get(2).refused());
    }

    @Test
    void whoRegistersLaterIsToldThatAnotherCannotServeIt() {
        two.refusals.put(TCP, "Address already in use");
        register(one, TCP, WEB);
        shared.deliverAll();
        register(three, TCP, WEB);
        shared.deliverAll();
        assertTrue(three.has(ClusterEvent.PEER_CANNOT_SERVE));
        assertEquals(1, status(three).members().get(2).refused().size());
    }

    @Test
    void aRefusalThatComesWhenTheComponentHasLeftIsNoNews() {
        two.refusals.put(TCP, "Address already in use");
        register(one, TCP, WEB);
        disconnect(one);
        shared.deliverAll();
        assertFalse(one.has(ClusterEvent.PEER_CANNOT_SERVE));
        assertEquals(List.of(), status(one).members().get(1).refused());
    }

    @Test
    void whoIsBackIsToldAgainWhatAnotherCannotServe() {
        two.refusals.put(TCP, "Address already in use");
        register(one, TCP, WEB);
        shared.deliverAll();
        shared.cut(one, two);
        shared.deliverAll();
        shared.heal();
        shared.deliverAll();
        int shown = status(one).members().stream()
                .mapToInt(member -> member.refused().size())
                .sum();
        assertEquals(1, shown);
    }

    @Test
    void isJoiningUntilTheOthersSetsHaveComeAndForFiveSecondsAtMost() {
        register(one, TCP, WEB);
        shared.deliverAll();
        SharedRegistries.Lander four = shared.add();
        assertTrue(status(four).joining());
        shared.deliverAll();
        assertFalse(status(four).joining());
        assertEquals(1, four.state().size());
    }

    @Test
    void partedSidesServeOnAndKnowAllWhenTheyMeet() {
        register(one, TCP, WEB);
        register(three, TCP, OTHER);
        shared.deliverAll();
        shared.answering.add(TCP);
        shared.cut(one, two);
        shared.cut(one, three);
        shared.deliverAll();
        shared.advance(SharedRegistries.GRACE.plusSeconds(20));
        assertAll(2);
        disconnect(three);
        shared.deliverAll();
        assertEquals(1, two.state().size());
        assertEquals(2, one.state().size());
        shared.heal();
        shared.deliverAll();
        assertAll(1);
    }

    private void assertAll(int components) {
        shared.alive().forEach(lander -> assertEquals(components, lander.state().size(), shared::describe));
    }

    /** All tell what they have open. */
    private void look() {
        shared.advance(Orphans.PAUSE);
        shared.deliverAll();
    }

    private static void register(SharedRegistries.Lander at, RelayPort relayPort, InetSocketAddress address) {
        register(at, relayPort, address, null, 1);
    }

    private static void register(
            SharedRegistries.Lander at,
            RelayPort relayPort,
            InetSocketAddress address,
            @Nullable Balance balance,
            int weight) {
        ComponentTraits traits = new ComponentTraits(null, weight, 0, ProxyProtocol.NONE, 0, 0, 0, 0, 0);
        ServiceTerms terms = new ServiceTerms(balance, null, null, null, null, null, null, null, null);
        Registration registration = new Registration(relayPort, address.getPort(), traits, terms, address.getAddress());
        at.run(lander -> assertEquals(
                Outcome.Kind.DONE,
                lander.registry.register(lander.peer, registration).kind()));
    }

    private static void disconnect(SharedRegistries.Lander at) {
        at.run(lander -> lander.registry.disconnect(lander.peer));
    }

    private static void report(SharedRegistries.Lander at, boolean good) {
        at.run(lander -> lander.registry.report(lander.peer, TCP, WEB.getAddress(), good));
    }

    private static void silence(SharedRegistries.Lander at) {
        at.run(lander -> {
            for (int i = 0; i < 3; i++) {
                component(lander, TCP, WEB).checks().due(2);
            }
        });
    }

    private static State state(SharedRegistries.Lander at) {
        return ask(at, lander -> component(lander, TCP, WEB).state());
    }

    private static int weight(SharedRegistries.Lander at) {
        return ask(at, lander -> component(lander, TCP, WEB).traits().weight());
    }

    private static boolean hasRoom(SharedRegistries.Lander at) {
        return ask(at, lander -> component(lander, TCP, WEB).service().hasRoom());
    }

    private static int load(SharedRegistries.Lander at) {
        return ask(at, lander -> component(lander, TCP, WEB).load());
    }

    private static boolean isLoadKnown(SharedRegistries.Lander at) {
        return ask(at, lander -> component(lander, TCP, WEB).isLoadKnown());
    }

    private static ClusterStatus status(SharedRegistries.Lander at) {
        return ask(at, lander -> lander.cluster.status());
    }

    private static Component component(SharedRegistries.Lander at, RelayPort relayPort, InetSocketAddress address) {
        return Objects.requireNonNull(at.registry.find(relayPort, address));
    }

    private static <T> T ask(SharedRegistries.Lander at, Function<SharedRegistries.Lander, T> question) {
        List<T> answers = new ArrayList<>();
        at.run(lander -> answers.add(question.apply(lander)));
        return answers.get(0);
    }
}
