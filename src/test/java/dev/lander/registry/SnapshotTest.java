package dev.lander.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.registry.Snapshot.ComponentStatus;
import dev.lander.registry.Snapshot.ServiceStatus;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private static final RelayPort TCP_53 = new RelayPort(Protocol.TCP, 53);
    private static final RelayPort UDP_53 = new RelayPort(Protocol.UDP, 53);
    private static final RelayPort TCP_80 = new RelayPort(Protocol.TCP, 80);

    private final RecordingLink link = RecordingLink.from("10.0.0.1");
    private final Registry registry = new Registry(
            new RecordingBinder(), new LoopGuard(address -> false), new RecordingObserver(), new SplittableRandom(1));

    @Test
    void itHasAllThatIsKnownOfAComponent() {
        ComponentTraits traits = new ComponentTraits("web", 3, 0, ProxyProtocol.NONE, 0, 0, 0, 0, 0);
        ServiceTerms terms = new ServiceTerms(Balance.LEASTCONN, null, null, null, null, null, null, null, null);
        registry.register(link, new Registration(TCP_80, 8_080, traits, terms, null));
        Component component = Objects.requireNonNull(registry.find(link, TCP_80, 8_080));
        component.onRelayOpened();
        component.onRelayOpened();
        component.tally().countBegun();
        component.tally().countBytesIn(10);
        component.tally().countBytesOut(20);
        component.onConnectFailed();
        registry.report(link, TCP_80, false);
        assertEquals(
                new Snapshot(List.of(new ServiceStatus(
                        TCP_80,
                        Balance.LEASTCONN,
                        List.of(new ComponentStatus(
                                "web", "10.0.0.1", 8_080, State.BAD, 3, 2, 1, 10, 20, 1, 0, 0, 0, false, false, null)),
                        ""))),
                registry.walk().whole());
    }

    @Test
    void whoIsAtItsLimitIsFullWhileItCouldServeOtherwise() {
        ComponentTraits traits = new ComponentTraits("web", 1, 1, ProxyProtocol.NONE, 0, 0, 0, 0, 0);
        registry.register(link, new Registration(TCP_80, 1, traits, ServiceTerms.UNSAID, null));
        Component component = Objects.requireNonNull(registry.find(link, TCP_80, 1));
        assertFalse(isShownFull());
        component.onRelayOpened();
        assertTrue(isShownFull());
        registry.report(link, TCP_80, false);
        assertFalse(isShownFull());
    }

    private boolean isShownFull() {
        return registry.walk().whole().services().get(0).components().get(0).full();
    }

    @Test
    void servicesAndComponentsAreInTheOrderOfRegistration() {
        register(UDP_53, 3);
        register(TCP_80, 1);
        register(UDP_53, 1);
        register(TCP_53, 1);
        register(UDP_53, 2);
        List<ServiceStatus> services = registry.walk().whole().services();
        assertEquals(
                List.of(UDP_53, TCP_80, TCP_53),
                services.stream().map(ServiceStatus::relayPort).toList());
        assertEquals(
                List.of(3, 1, 2),
                services.get(0).components().stream().map(ComponentStatus::port).toList());
    }

    @Test
    void aSnapshotOfOnePortHasItsServicesAlone() {
        register(UDP_53, 3);
        register(TCP_80, 1);
        register(TCP_53, 1);
        assertEquals(
                List.of(TCP_53, UDP_53),
                registry.walk(53).whole().services().stream()
                        .map(ServiceStatus::relayPort)
                        .toList());
        assertEquals(List.of(), registry.walk(54).whole().services());
    }

    @Test
    void itStaysAsItIs() {
        register(TCP_80, 1);
        Component component = Objects.requireNonNull(registry.find(link, TCP_80, 1));
        Snapshot snapshot = registry.walk().whole();
        component.onRelayOpened();
        component.onConnectFailed();
        register(TCP_80, 2);
        register(TCP_53, 1);
        registry.report(link, TCP_80, false);
        ServiceStatus service = snapshot.services().get(0);
        assertEquals(1, snapshot.services().size());
        assertEquals(
                List.of(new ComponentStatus(
                        "10.0.0.1:1", "10.0.0.1", 1, State.GOOD, 1, 0, 0, 0, 0, 0, 0, 0, 0, false, false, null)),
                service.components());
        assertThrows(
                UnsupportedOperationException.class, () -> snapshot.services().clear());
        assertThrows(
                UnsupportedOperationException.class, () -> service.components().clear());
    }

    private void register(RelayPort relayPort, int port) {
        registry.register(link, new Registration(relayPort, port, ComponentTraits.DEFAULT, ServiceTerms.UNSAID, null));
    }
}
