package dev.lander.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.registry.Outcome.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryTest {
    private static final RelayPort TCP_50000 = new RelayPort(Protocol.TCP, 50_000);
    private static final RelayPort UDP_50000 = new RelayPort(Protocol.UDP, 50_000);
    private static final RelayPort TCP_50001 = new RelayPort(Protocol.TCP, 50_001);
    private static final int CONTROL_PORT = 9_988;

    private final RecordingBinder binder = new RecordingBinder();
    private final RecordingObserver observer = new RecordingObserver();
    private final Set<InetAddress> localAddresses =
            new HashSet<>(Set.of(RecordingLink.address("127.0.0.1"), RecordingLink.address("192.168.0.2")));
    private final LoopGuard loopGuard = new LoopGuard(localAddresses::contains);
    private final Registry registry = new Registry(binder, loopGuard, observer, new SplittableRandom(1));
    private final RecordingLink link = RecordingLink.from("10.0.0.1");
    private final RecordingLink sameHost = RecordingLink.from("10.0.0.1");
    private final RecordingLink otherHost = RecordingLink.from("10.0.0.2");
    private final RecordingLink here = RecordingLink.from("127.0.0.1");

    @Test
    void theFirstRegistrationBindsTheRelayPortAndTheLastReleasesIt() {
        assertDone(register(link, TCP_50000, 30_000));
        assertDone(register(link, TCP_50000, 30_001));
        assertDone(register(otherHost, TCP_50000, 30_000));
        assertEquals(List.of("bind tcp/50000"), binder.calls);
        assertDone(registry.unregister(link, TCP_50000, 30_000));
        assertDone(registry.unregister(otherHost, TCP_50000, 30_000));
        assertEquals(Set.of(TCP_50000), binder.bound());
        assertDone(registry.unregister(link, TCP_50000, 30_001));
        assertEquals(
                List.of(
                        "bind tcp/50000",
                        "left 10.0.0.1:30000",
                        "left 10.0.0.2:30000",
                        "release tcp/50000",
                        "left 10.0.0.1:30001"),
                binder.calls);
        assertEquals(List.of(), registry.walk().whole().services());
    }

    @Test
    void aReportIsForAllThatTheLinkHasOnTheRelayPortAndForNothingElse() {
        register(link, TCP_50000, 30_000);
        register(link, UDP_50000, 30_000);
        register(otherHost, TCP_50000, 30_000);
        register(link, TCP_50000, 30_001);
        assertDone(registry.report(link, TCP_50000, true));
        assertEquals(
                List.of(registry.find(link, TCP_50000, 30_000), registry.find(link, TCP_50000, 30_001)), link.answered);
        assertDone(registry.report(link, UDP_50000, true)); // the port has fewer components than the link
        assertEquals(registry.find(link, UDP_50000, 30_000), link.answered.get(2));
        assertEquals(3, link.answered.size());
        assertEquals(List.of(), otherHost.answered);
    }

    @Test
    void aPortIsBoundAnewAfterItsRelease() {
        register(link, TCP_50000, 30_000);
        registry.unregister(link, TCP_50000, 30_000);
        assertDone(register(otherHost, TCP_50000, 30_000));
        assertEquals(
                List.of("bind tcp/50000", "release tcp/50000", "left 10.0.0.1:30000", "bind tcp/50000"), binder.calls);
        assertEquals(Set.of(TCP_50000), binder.bound());
    }

    @Test
    void tcpAndUdpOnOneNumberAreTwoServices() {
        assertDone(register(link, TCP_50000, 30_000));
        assertDone(register(link, UDP_50000, 30_000));
        assertEquals(Set.of(TCP_50000, UDP_50000), binder.bound());
        assertDone(registry.unregister(link, TCP_50000, 30_000));
        assertEquals(Set.of(UDP_50000), binder.bound());
        assertRefused(Kind.NOT_REGISTERED, "tcp/50000", registry.unregister(link, TCP_50000, 30_000));
        assertNotNull(registry.find(link, UDP_50000, 30_000));
    }

    @Test
    void aPortThatCannotBeBoundLeavesNothingBehind() {
        binder.refusals.put(TCP_50000, "Permission denied");
        assertRefused(Kind.BIND_FAILED, "Permission denied", register(link, TCP_50000, 30_000));
        assertNull(registry.find(link, TCP_50000, 30_000));
        assertEquals(List.of(), List.copyOf(registry.componentsOf(link)));
        assertEquals(List.of(), registry.walk().whole().services());
        assertEquals(List.of(), observer.events);
        assertRefused(Kind.NOT_REGISTERED, "", registry.unregister(link, TCP_50000, 30_000));
        registry.disconnect(link);
        assertEquals(List.of("refuse tcp/50000"), binder.calls);

        binder.refusals.clear();
        assertDone(register(link, TCP_50000, 30_000));
        assertEquals(List.of("refuse tcp/50000", "bind tcp/50000"), binder.calls);
    }

    @Test
    void aRefusedPortsTermsAreNotRemembered() {
        binder.refusals.put(TCP_50000, "in use");
        registry.register(
                link,
                registration(
                        TCP_50000,
                        1,
                        new ServiceTerms(Balance.SOURCE, null, null, null, null, null, null, null, null)));
        binder.refusals.clear();
        assertDone(registry.register(
                link,
                registration(
                        TCP_50000,
                        1,
                        new ServiceTerms(Balance.RANDOM, null, null, null, null, null, null, null, null))));
        assertEquals(Balance.RANDOM, registry.walk().whole().services().get(0).balance());
    }

    @Test
    void repeatingARegistrationIsRefusedAndChangesNothing() {
        ComponentTraits heavy = new ComponentTraits("heavy", 7, 0, ProxyProtocol.NONE, 0, 0, 0, 0, 0);
        register(link, TCP_50000, 30_000);
        assertRefused(
                Kind.ALREADY_REGISTERED,
                "30000",
                registry.register(link, new Registration(TCP_50000, 30_000, heavy, ServiceTerms.UNSAID, null)));
        assertEquals(1, component(TCP_50000, "10.0.0.1", 30_000).traits().weight());
        assertEquals(List.of("bind tcp/50000"), binder.calls);
        assertDone(registry.unregister(link, TCP_50000, 30_000));
        assertEquals(Set.of(), binder.bound());
    }

    @Test
    void onePortMayServeBehindManyRelayPorts() {
        assertDone(register(link, TCP_50000, 30_000));
        assertDone(register(link, TCP_50001, 30_000));
        assertDone(registry.unregister(link, TCP_50000, 30_000));
        assertNotNull(registry.find(link, TCP_50001, 30_000));
    }

    @Test
    void whatTheLinkHasNotRegisteredItCannotUnregisterOrReport() {
        register(link, TCP_50000, 30_000);
        for (RecordingLink stranger : List.of(sameHost, otherHost)) {
            assertRefused(Kind.NOT_REGISTERED, "tcp/50000", registry.unregister(stranger, TCP_50000, 30_000));
            assertRefused(Kind.NOT_REGISTERED, "tcp/50000", registry.report(stranger, TCP_50000, false));
        }
        assertRefused(Kind.NOT_REGISTERED, "30001", registry.unregister(link, TCP_50000, 30_001));
        assertRefused(Kind.NOT_REGISTERED, "udp/50000", registry.unregister(link, UDP_50000, 30_000));
        assertRefused(Kind.NOT_REGISTERED, "tcp/50001", registry.report(link, TCP_50001, false));
        assertEquals(State.GOOD, component(TCP_50000, "10.0.0.1", 30_000).state());
        assertEquals(Set.of(TCP_50000), binder.bound());
    }

    @Test
    void aReportGoesThroughThoseForWhichItIsNews() {
        register(link, TCP_50000, 30_000);
        register(link, TCP_50000, 30_001);
        Component first = component(TCP_50000, "10.0.0.1", 30_000);
        Component second = component(TCP_50000, "10.0.0.1", 30_001);
        List<Component> both = List.of(first, second);
        assertEquals(both, answeredBy(true));
        assertEquals(List.of(), answeredBy(true));
        second.checks().due(3);
        assertEquals(List.of(second), answeredBy(true));
        assertEquals(both, answeredBy(false));
        assertEquals(List.of(), answeredBy(false));
        register(link, TCP_50000, 30_002);
        Component third = component(TCP_50000, "10.0.0.1", 30_002);
        assertEquals(List.of(third), answeredBy(false));
        registry.unregister(link, TCP_50000, 30_000);
        assertEquals(List.of(second, third), answeredBy(true));
    }

    /** Those of the link's components on tcp/50000 that this report went to. */
    private List<Component> answeredBy(boolean good) {
        link.answered.clear();
        assertDone(registry.report(link, TCP_50000, good));
        return List.copyOf(link.answered);
    }

    @Test
    void aReportIsForAllThatTheLinkHasOnTheRelayPort() {
        register(link, TCP_50000, 30_000);
        register(link, TCP_50000, 30_001);
        register(link, UDP_50000, 30_000);
        register(link, TCP_50001, 30_000);
        register(sameHost, TCP_50000, 30_002);
        assertDone(registry.report(link, TCP_50000, false));
        assertEquals(State.BAD, component(TCP_50000, "10.0.0.1", 30_000).state());
        assertEquals(State.BAD, component(TCP_50000, "10.0.0.1", 30_001).state());
        assertEquals(State.GOOD, component(UDP_50000, "10.0.0.1", 30_000).state());
        assertEquals(State.GOOD, component(TCP_50001, "10.0.0.1", 30_000).state());
        assertEquals(State.GOOD, component(TCP_50000, "10.0.0.1", 30_002).state());
        assertDone(registry.report(link, TCP_50000, true));
        assertEquals(State.GOOD, component(TCP_50000, "10.0.0.1", 30_001).state());
    }

    @Test
    void aDrainTellsTheComponentsLink() {
        register(link, TCP_50000, 30_000);
        Component component = component(TCP_50000, "10.0.0.1", 30_000);
        registry.drain(component);
        assertEquals(State.DRAINING, component.state());
        assertEquals(List.of(component), link.draining);
        registry.drain(component);
        assertEquals(List.of(component, component), link.draining);
        assertEquals(Set.of(TCP_50000), binder.bound());
    }

    @Test
    void theEndOfALinkEndsAllItsRegistrations() {
        register(link, TCP_50000, 30_000);
        register(link, UDP_50000, 30_000);
        register(link, TCP_50001, 30_000);
        register(otherHost, TCP_50001, 30_000);
        registry.disconnect(link);
        assertEquals(Set.of(TCP_50001), binder.bound());
        assertEquals(List.of(), List.copyOf(registry.componentsOf(link)));
        assertNull(registry.find(TCP_50000, new InetSocketAddress(link.address(), 30_000)));
        assertEquals(
                List.of("release tcp/50000", "left 10.0.0.1:30000", "release udp/50000"), binder.calls.subList(3, 6));
        registry.disconnect(link);
        registry.disconnect(otherHost);
        assertEquals(Set.of(), binder.bound());
    }

    @Test
    void aLinkThatNeverRegisteredMayEnd() {
        registry.disconnect(link);
        assertEquals(List.of(), binder.calls);
        assertEquals(List.of(), observer.events);
    }

    @Test
    void componentsAreFoundByTheirLinkOrAddress() {
        register(link, TCP_50000, 30_000);
        Component component = registry.find(TCP_50000, new InetSocketAddress(link.address(), 30_000));
        assertNotNull(component);
        assertSame(component, registry.find(link, TCP_50000, 30_000));
        assertNull(registry.find(sameHost, TCP_50000, 30_000));
        assertNull(registry.find(link, UDP_50000, 30_000));
        assertNull(registry.find(TCP_50000, new InetSocketAddress(otherHost.address(), 30_000)));
        assertEquals("10.0.0.1:30000", component.name());
        assertEquals(new InetSocketAddress(link.address(), 30_000), component.address());
        assertTrue(component.isRegistered());
    }

    @Test
    void registeringOverAnotherLinkMovesTheComponentThere() {
        register(link, TCP_50000, 30_000);
        Component component = component(TCP_50000, "10.0.0.1", 30_000);
        assertDone(register(sameHost, TCP_50000, 30_000));
        assertSame(component, registry.find(sameHost, TCP_50000, 30_000));
        assertNull(registry.find(link, TCP_50000, 30_000));
        assertEquals(List.of(component), link.takenOver);
        assertEquals(List.of(), sameHost.takenOver);
        assertEquals(List.of(component), List.copyOf(registry.componentsOf(sameHost)));
        assertEquals(List.of("bind tcp/50000"), binder.calls);
    }

    @Test
    void afterATakeoverTheOldLinkHasNoSay() {
        register(link, TCP_50000, 30_000);
        register(sameHost, TCP_50000, 30_000);
        assertRefused(Kind.NOT_REGISTERED, "", registry.unregister(link, TCP_50000, 30_000));
        assertRefused(Kind.NOT_REGISTERED, "", registry.report(link, TCP_50000, false));
        registry.disconnect(link);
        assertEquals(Set.of(TCP_50000), binder.bound());
        assertEquals(State.GOOD, component(TCP_50000, "10.0.0.1", 30_000).state());
        registry.disconnect(sameHost);
        assertEquals(Set.of(), binder.bound());
    }

    @Test
    void theOldLinkMayTakeTheComponentBack() {
        register(link, TCP_50000, 30_000);
        register(sameHost, TCP_50000, 30_000);
        assertDone(register(link, TCP_50000, 30_000));
        assertNotNull(registry.find(link, TCP_50000, 30_000));
        assertEquals(1, sameHost.takenOver.size());
        registry.disconnect(sameHost);
        assertEquals(Set.of(TCP_50000), binder.bound());
    }

    @Test
    void aTakeoverReplacesTheComponentsFields() {
        ComponentTraits before = new ComponentTraits("before", 3, 5, ProxyProtocol.V1, 0, 0, 0, 0, 0);
        ComponentTraits after = new ComponentTraits("after", 9, 0, ProxyProtocol.V2, 0, 0, 0, 0, 0);
        registry.register(link, new Registration(TCP_50000, 30_000, before, ServiceTerms.UNSAID, null));
        registry.register(sameHost, new Registration(TCP_50000, 30_000, after, ServiceTerms.UNSAID, null));
        Component component = component(TCP_50000, "10.0.0.1", 30_000);
        assertEquals("after", component.name());
        assertEquals(9, component.traits().weight());
        assertEquals(ProxyProtocol.V2, component.traits().proxyProtocol());
        registry.register(
                link, new Registration(TCP_50000, 30_000, ComponentTraits.DEFAULT, ServiceTerms.UNSAID, null));
        assertEquals("10.0.0.1:30000", component.name());
        assertEquals(1, component.traits().weight());
        assertEquals(ProxyProtocol.NONE, component.traits().proxyProtocol());
    }

    @Test
    void aTakeoverWithALargerLimitLetsAFullComponentServe() {
        ComponentTraits one = new ComponentTraits(null, 1, 1, ProxyProtocol.NONE, 0, 0, 0, 0, 0);
        ComponentTraits two = new ComponentTraits(null, 1, 2, ProxyProtocol.NONE, 0, 0, 0, 0, 0);
        registry.register(link, new Registration(TCP_50000, 30_000, one, ServiceTerms.UNSAID, null));
        Component component = component(TCP_50000, "10.0.0.1", 30_000);
        component.onRelayOpened();
        assertNull(elect(component.service()));
        registry.register(sameHost, new Registration(TCP_50000, 30_000, two, ServiceTerms.UNSAID, null));
        assertSame(component, elect(component.service()));
        component.onRelayOpened();
        assertNull(elect(component.service()));
        registry.register(
                link, new Registration(TCP_50000, 30_000, ComponentTraits.DEFAULT, ServiceTerms.UNSAID, null));
        assertSame(component, elect(component.service()));
    }

    @Test
    void aTakeoverClearsAllMarksAndKeepsAllCounters() {
        register(link, TCP_50000, 30_000);
        Component component = component(TCP_50000, "10.0.0.1", 30_000);
        registry.report(link, TCP_50000, true);
        component.onRelayOpened();
        component.tally().countBegun();
        component.tally().countBytesIn(10);
        component.tally().countBytesOut(20);
        for (int i = 0; i < 5; i++) {
            component.checks().due(3);
            component.onConnectFailed();
        }
        registry.report(link, TCP_50000, false);
        registry.drain(component);
        assertNull(elect(component.service()));

        register(sameHost, TCP_50000, 30_000);
        assertEquals(State.GOOD, component.state());
        assertFalse(component.isDraining());
        assertFalse(component.isUnreachable());
        assertFalse(component.checks().everAnswered());
        assertSame(component, elect(component.service()));
        assertEquals(1, component.active());
        assertEquals(1, component.tally().total());
        assertEquals(10, component.tally().bytesIn());
        assertEquals(20, component.tally().bytesOut());
        assertEquals(5, component.tally().failures());
    }

    @Test
    void aTakeoverKeepsThePlaceInTheTurn() {
        register(link, TCP_50000, 1);
        register(link, TCP_50000, 2);
        register(link, TCP_50000, 3);
        Service service = component(TCP_50000, "10.0.0.1", 1).service();
        assertSame(component(TCP_50000, "10.0.0.1", 1), elect(service));
        register(sameHost, TCP_50000, 2);
        assertSame(component(TCP_50000, "10.0.0.1", 2), elect(service));
        assertSame(component(TCP_50000, "10.0.0.1", 3), elect(service));
        register(sameHost, TCP_50000, 1);
        assertSame(component(TCP_50000, "10.0.0.1", 1), elect(service));
    }

    @Test
    void aTakeoverWithAnotherWeightChangesTheShareOfTurns() {
        register(link, TCP_50000, 1);
        register(link, TCP_50000, 2);
        Component heavy = component(TCP_50000, "10.0.0.1", 1);
        registry.register(
                sameHost,
                new Registration(
                        TCP_50000,
                        1,
                        new ComponentTraits(null, 3, 0, ProxyProtocol.NONE, 0, 0, 0, 0, 0),
                        ServiceTerms.UNSAID,
                        null));
        int turns = 0;
        for (int i = 0; i < 40; i++) {
            turns += elect(heavy.service()) == heavy ? 1 : 0;
        }
        assertEquals(30, turns);
        registry.disconnect(sameHost);
        assertSame(component(TCP_50000, "10.0.0.1", 2), elect(heavy.service()));
        registry.disconnect(link);
        assertEquals(Set.of(), binder.bound());
    }

    @Test
    void aTakeoverEndsATrial() {
        register(link, TCP_50000, 1);
        Component component = component(TCP_50000, "10.0.0.1", 1);
        for (int i = 0; i < 3; i++) {
            component.onConnectFailed();
        }
        component.admitTrial();
        register(sameHost, TCP_50000, 1);
        assertFalse(component.isOnTrial());
        for (int i = 0; i < 3; i++) {
            component.onConnectFailed();
        }
        assertFalse(component.isInRotation());
    }

    @Test
    void drainingAfterATakeoverTellsTheNewLinkOnly() {
        register(link, TCP_50000, 30_000);
        register(sameHost, TCP_50000, 30_000);
        Component component = component(TCP_50000, "10.0.0.1", 30_000);
        registry.drain(component);
        assertEquals(List.of(), link.draining);
        assertEquals(List.of(component), sameHost.draining);
    }

    @Test
    void anotherHostsComponentIsNeverTakenOver() {
        register(link, TCP_50000, 30_000);
        assertDone(register(otherHost, TCP_50000, 30_000));
        assertNotNull(registry.find(link, TCP_50000, 30_000));
        assertEquals(List.of(), link.takenOver);
    }

    @Test
    void theFirstRegistrationSaysTheServicesTerms() {
        ServiceTerms first =
                new ServiceTerms(Balance.LEASTCONN, Affinity.CLIENT, 2, null, null, null, null, null, null);
        assertDone(registry.register(link, registration(UDP_50000, 1, first)));
        assertDone(registry.register(link, registration(UDP_50000, 2, ServiceTerms.UNSAID)));
        assertDone(registry.register(link, registration(UDP_50000, 3, first)));
        assertDone(registry.register(
                link,
                registration(
                        UDP_50000,
                        4,
                        new ServiceTerms(Balance.LEASTCONN, null, null, null, null, null, null, null, null))));
        Service service = component(UDP_50000, "10.0.0.1", 1).service();
        assertEquals(Balance.LEASTCONN, service.balance());
        assertEquals(Affinity.CLIENT, service.affinity());
        assertEquals(2, service.responses());
        assertEquals(4, service.components().size());
    }

    @Test
    void whatTheFirstRegistrationLeavesOutIsTheDefault() {
        assertDone(registry.register(link, registration(UDP_50000, 1, ServiceTerms.UNSAID)));
        Service service = component(UDP_50000, "10.0.0.1", 1).service();
        assertEquals(Balance.ROUNDROBIN, service.balance());
        assertEquals(Affinity.NONE, service.affinity());
        assertEquals(Service.ANY_RESPONSES, service.responses());
        assertDone(registry.register(
                link,
                registration(
                        UDP_50000,
                        2,
                        new ServiceTerms(
                                Balance.ROUNDROBIN, Affinity.NONE, null, null, null, null, null, null, null))));
    }

    @Test
    void otherTermsThanTheServicesAreAConflict() {
        registry.register(
                link,
                registration(
                        UDP_50000, 1, new ServiceTerms(null, Affinity.CLIENT, 0, null, null, null, null, null, null)));
        assertConflict(
                "balance is roundrobin on udp/50000",
                new ServiceTerms(Balance.RANDOM, null, null, null, null, null, null, null, null));
        assertConflict(
                "affinity is client on udp/50000",
                new ServiceTerms(null, Affinity.NONE, null, null, null, null, null, null, null));
        assertConflict(
                "max_new_per_second is none on udp/50000",
                new ServiceTerms(null, null, null, 5, null, null, null, null, null));
        assertConflict(
                "max_per_client is none on udp/50000",
                new ServiceTerms(null, null, null, null, 5, null, null, null, null));
        assertConflict(
                "responses is 0 on udp/50000", new ServiceTerms(null, null, 1, null, null, null, null, null, null));
        assertConflict(
                "balance", new ServiceTerms(Balance.SOURCE, Affinity.CLIENT, 0, null, null, null, null, null, null));
        registry.unregister(link, UDP_50000, 1);
        registry.register(link, registration(UDP_50000, 1, ServiceTerms.UNSAID));
        assertConflict(
                "responses is any on udp/50000", new ServiceTerms(null, null, 1, null, null, null, null, null, null));
    }

    private void assertConflict(String detail, ServiceTerms terms) {
        assertRefused(Kind.CONFLICT, detail, registry.register(otherHost, registration(UDP_50000, 2, terms)));
        assertNull(registry.find(otherHost, UDP_50000, 2));
        assertRefused(Kind.CONFLICT, detail, registry.register(sameHost, registration(UDP_50000, 1, terms)));
        assertNotNull(registry.find(link, UDP_50000, 1), "nothing was taken over");
    }

    @Test
    void theTermsEndWithTheService() {
        registry.register(
                link,
                registration(
                        TCP_50000,
                        1,
                        new ServiceTerms(Balance.SOURCE, null, null, null, null, null, null, null, null)));
        registry.disconnect(link);
        assertDone(registry.register(
                link,
                registration(
                        TCP_50000,
                        1,
                        new ServiceTerms(Balance.RANDOM, null, null, null, null, null, null, null, null))));
    }

    @Test
    void aLinkHasALimitOfRegistrations() {
        for (int port = 1; port <= 2_048; port++) {
            assertDone(register(link, TCP_50000, port));
        }
        assertRefused(Kind.LIMIT, "2048", register(link, TCP_50000, 3_000));
        assertRefused(Kind.LIMIT, "2048", register(link, TCP_50001, 3_000));
        assertFalse(binder.bound().contains(TCP_50001));
        assertRefused(Kind.ALREADY_REGISTERED, "", register(link, TCP_50000, 1));
        assertDone(register(sameHost, TCP_50000, 3_000));
        assertRefused(Kind.LIMIT, "2048", register(link, TCP_50000, 3_000));
        assertDone(registry.unregister(link, TCP_50000, 1));
        assertDone(register(link, TCP_50000, 3_000));
        assertRefused(Kind.LIMIT, "2048", register(link, TCP_50000, 1));
    }

    @Test
    void anAddressHasALimitOfRegistrationsOverAllItsLinks() {
        List<RecordingLink> links = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RecordingLink one = RecordingLink.from("10.0.0.1");
            links.add(one);
            for (int port = 1; port <= 2_048; port++) {
                assertDone(register(one, new RelayPort(Protocol.UDP, 100 + i), port));
            }
        }
        assertRefused(Kind.LIMIT, "16384", register(link, TCP_50000, 1));
        assertDone(register(otherHost, TCP_50000, 1));
        // A takeover registers nothing more.
        assertDone(register(link, new RelayPort(Protocol.UDP, 100), 1));
        assertRefused(Kind.LIMIT, "16384", register(link, TCP_50000, 1));
        registry.unregister(links.get(7), new RelayPort(Protocol.UDP, 107), 1);
        assertDone(register(link, TCP_50000, 1));
        assertRefused(Kind.LIMIT, "16384", register(link, TCP_50000, 2));
        for (RecordingLink one : links) {
            registry.disconnect(one);
        }
        assertEquals(2, registry.componentsOf(link).size());
        assertDone(register(link, TCP_50000, 2));
    }

    @Test
    void aLocalComponentOnAnOwnPortIsALoop() {
        loopGuard.addOwnTcpPort(CONTROL_PORT, localAddresses::contains);
        register(link, TCP_50000, 1);
        assertLoop(register(here, TCP_50001, CONTROL_PORT));
        assertLoop(register(here, TCP_50001, 50_000));
        assertLoop(register(here, TCP_50001, 50_001));
        assertLoop(register(RecordingLink.from("192.168.0.2"), TCP_50001, 50_000));
        assertFalse(binder.bound().contains(TCP_50001));
        assertDone(register(here, new RelayPort(Protocol.UDP, 1), CONTROL_PORT));
        assertDone(register(here, new RelayPort(Protocol.UDP, 1), 50_000));
        assertDone(register(link, TCP_50001, CONTROL_PORT));
        assertDone(register(link, TCP_50001, 50_001));
    }

    @Test
    void aRelayPortThatIsALocalComponentsPortIsALoop() {
        register(here, TCP_50000, 1_234);
        assertLoop(register(link, new RelayPort(Protocol.TCP, 1_234), 30_000));
        assertLoop(register(here, new RelayPort(Protocol.TCP, 1_234), 30_000));
        assertDone(register(link, new RelayPort(Protocol.UDP, 1_234), 30_000));
        register(link, TCP_50000, 1_235);
        assertDone(register(link, new RelayPort(Protocol.TCP, 1_235), 30_000));
    }

    @Test
    void aLoopEndsWithWhatMadeIt() {
        register(here, TCP_50000, 1_234);
        register(here, TCP_50001, 1_234);
        registry.unregister(here, TCP_50000, 1_234);
        assertLoop(register(link, new RelayPort(Protocol.TCP, 1_234), 30_000));
        registry.disconnect(here);
        assertDone(register(link, new RelayPort(Protocol.TCP, 1_234), 30_000));
        assertLoop(register(here, TCP_50000, 1_234));
        registry.unregister(link, new RelayPort(Protocol.TCP, 1_234), 30_000);
        assertDone(register(here, TCP_50000, 1_234));
    }

    @Test
    void aTakeoverByALocalComponentIsRememberedOnce() {
        RecordingLink hereAgain = RecordingLink.from("127.0.0.1");
        register(here, TCP_50000, 1_234);
        assertDone(register(hereAgain, TCP_50000, 1_234));
        registry.disconnect(here);
        assertLoop(register(link, new RelayPort(Protocol.TCP, 1_234), 30_000));
        registry.disconnect(hereAgain);
        assertDone(register(link, new RelayPort(Protocol.TCP, 1_234), 30_000));
    }

    @Test
    void aComponentWhoseAddressWasLocalWhenItCameMakesNoLoopOnceItHasLeft() {
        register(here, TCP_50000, 1_234);
        localAddresses.clear();
        registry.disconnect(here);
        assertDone(register(link, new RelayPort(Protocol.TCP, 1_234), 30_000));
    }

    /** The order of errors in the protocol: 3, 5, 12, 13, 8. */
    @Test
    void refusalsHaveAnOrder() {
        ServiceTerms others = new ServiceTerms(Balance.SOURCE, null, null, null, null, null, null, null, null);
        for (int port = 1; port <= 2_048; port++) {
            register(here, TCP_50000, port);
        }
        RelayPort refused = new RelayPort(Protocol.TCP, 60_000);
        binder.refusals.put(refused, "no");
        assertRefused(Kind.ALREADY_REGISTERED, "", registry.register(here, registration(TCP_50000, 1, others)));
        assertLoop(registry.register(here, registration(TCP_50000, 50_000, others)));
        assertRefused(Kind.CONFLICT, "", registry.register(here, registration(TCP_50000, 3_000, others)));
        assertRefused(Kind.LIMIT, "", register(here, refused, 3_000));
        assertRefused(Kind.BIND_FAILED, "", register(link, refused, 3_000));
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void theFirstTurnIsTheFirstRegistrationsAndThenAllHaveOne(Balance balance) {
        ServiceTerms terms = new ServiceTerms(balance, null, null, null, null, null, null, null, null);
        for (int port = 1; port <= 4; port++) {
            assertDone(registry.register(link, registration(TCP_50000, port, terms)));
        }
        Service service = component(TCP_50000, "10.0.0.1", 1).service();
        Set<Component> chosen = new HashSet<>();
        Component first = null;
        for (int i = 0; i < 4; i++) {
            Component next = Objects.requireNonNull(
                    service.elect(RecordingLink.address("10.9.9.9"), candidate -> !chosen.contains(candidate)));
            first = first == null ? next : first;
            chosen.add(next);
        }
        assertEquals(Set.copyOf(service.components()), chosen);
        if (balance == Balance.ROUNDROBIN || balance == Balance.LEASTCONN) {
            assertSame(component(TCP_50000, "10.0.0.1", 1), first);
        }
    }

    @Test
    void theObserverHearsOfAllThatHappens() {
        register(link, TCP_50000, 1);
        register(link, TCP_50000, 2);
        Component component = component(TCP_50000, "10.0.0.1", 1);
        registry.report(link, TCP_50000, false);
        registry.report(link, TCP_50000, false);
        registry.unregister(link, TCP_50000, 2);
        register(sameHost, TCP_50000, 1);
        registry.drain(component);
        registry.drain(component);
        registry.disconnect(sameHost);
        assertEquals(
                List.of(
                        "bound tcp/50000",
                        "registered 10.0.0.1:1",
                        "registered 10.0.0.1:2",
                        "10.0.0.1:1 good to bad",
                        "10.0.0.1:2 good to bad",
                        "left 10.0.0.1:2",
                        "10.0.0.1:1 bad to good",
                        "taken over 10.0.0.1:1",
                        "10.0.0.1:1 good to draining",
                        "left 10.0.0.1:1",
                        "released tcp/50000"),
                observer.events);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatHappensToOpenRelaysOfOneThatHasLeftIsNoNews(boolean succeeds) {
        register(link, TCP_50000, 1);
        register(link, TCP_50000, 2);
        Component component = component(TCP_50000, "10.0.0.1", 1);
        component.onRelayOpened();
        component.onConnectFailed();
        component.onConnectFailed();
        if (succeeds) {
            component.onConnectFailed();
        }
        registry.unregister(link, TCP_50000, 1);
        observer.events.clear();
        if (succeeds) {
            component.onReached();
        } else {
            component.onConnectFailed();
        }
        component.tally().countBytesIn(5);
        component.onRelayClosed();
        assertEquals(List.of(), observer.events);
        assertEquals(3, component.tally().failures());
        assertEquals(5, component.tally().bytesIn());
        assertEquals(0, component.active());
        assertEquals(succeeds, component.isUnreachable());
        for (int i = 0; i < 3; i++) {
            assertSame(component(TCP_50000, "10.0.0.1", 2), elect(component.service()));
        }
    }

    private Outcome register(Link over, RelayPort relayPort, int port) {
        return registry.register(over, registration(relayPort, port, ServiceTerms.UNSAID));
    }

    private static Registration registration(RelayPort relayPort, int port, ServiceTerms terms) {
        return new Registration(relayPort, port, ComponentTraits.DEFAULT, terms, null);
    }

    private Component component(RelayPort relayPort, String host, int port) {
        return Objects.requireNonNull(
                registry.find(relayPort, new InetSocketAddress(RecordingLink.address(host), port)));
    }

    private static @Nullable Component elect(Service service) {
        return service.elect(RecordingLink.address("10.9.9.9"), candidate -> true);
    }

    private static void assertDone(Outcome outcome) {
        assertEquals(Outcome.DONE, outcome);
    }

    private static void assertLoop(Outcome outcome) {
        assertRefused(Kind.RELAYS_TO_ITSELF, "", outcome);
    }

    private static void assertRefused(Kind kind, String detail, Outcome outcome) {
        assertEquals(kind, outcome.kind(), outcome::detail);
        assertTrue(outcome.detail().contains(detail), outcome::detail);
        assertFalse(outcome.detail().isEmpty());
    }
}
