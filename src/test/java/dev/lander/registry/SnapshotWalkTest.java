package dev.lander.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.registry.Snapshot.ComponentStatus;
import dev.lander.registry.Snapshot.ServiceStatus;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SnapshotWalkTest {
    private static final RelayPort TCP_53 = new RelayPort(Protocol.TCP, 53);
    private static final RelayPort UDP_53 = new RelayPort(Protocol.UDP, 53);
    private static final RelayPort TCP_80 = new RelayPort(Protocol.TCP, 80);

    private final RecordingLink link = RecordingLink.from("10.0.0.1");
    private final Registry registry = new Registry(
            new RecordingBinder(), new LoopGuard(address -> false), new RecordingObserver(), new SplittableRandom(1));

    @Test
    void aPortionHasNoMoreComponentsThanAskedFor() {
        for (int port = 1; port <= 7; port++) {
            register(port % 2 == 0 ? TCP_53 : TCP_80, port);
        }
        SnapshotWalk walk = registry.walk();
        assertFalse(walk.goOn(3));
        report(TCP_53, false);
        assertFalse(walk.goOn(3));
        report(TCP_80, false);
        report(TCP_53, true);
        assertTrue(walk.goOn(3));
        assertEquals(
                List.of("1 good", "3 good", "5 good", "7 good", "2 bad", "4 bad", "6 good"), shown(walk.snapshot()));
    }

    @Test
    void whoCameAfterTheBeginningIsNotShown() {
        register(TCP_80, 1);
        register(TCP_53, 2);
        SnapshotWalk walk = registry.walk();
        walk.goOn(1);
        register(TCP_80, 3);
        register(TCP_53, 4);
        register(UDP_53, 5);
        assertTrue(walk.goOn(10));
        assertEquals(List.of("1 good", "2 good"), shown(walk.snapshot()));
    }

    @Test
    void whoLeavesAndComesBackIsShownOnceAtMost() {
        register(TCP_80, 1);
        register(TCP_80, 2);
        register(TCP_80, 3);
        SnapshotWalk walk = registry.walk();
        walk.goOn(1);
        leave(TCP_80, 1);
        register(TCP_80, 1);
        leave(TCP_80, 2);
        register(TCP_80, 2);
        assertTrue(walk.goOn(10));
        assertEquals(List.of("1 good", "3 good"), shown(walk.snapshot()));
        assertEquals(
                List.of("3 good", "1 good", "2 good"), shown(registry.walk().whole()));
    }

    @Test
    void servicesMayEndBehindTheWalkUnderItAndBeforeIt() {
        register(TCP_80, 1);
        register(TCP_53, 2);
        register(TCP_53, 3);
        register(UDP_53, 4);
        SnapshotWalk walk = registry.walk();
        walk.goOn(2);
        leave(TCP_80, 1);
        leave(TCP_53, 2);
        leave(TCP_53, 3);
        leave(UDP_53, 4);
        assertTrue(walk.goOn(10));
        Snapshot snapshot = walk.snapshot();
        assertEquals(List.of("1 good", "2 good"), shown(snapshot));
        assertEquals(List.of(TCP_80, TCP_53), services(snapshot));
        assertEquals(List.of(), services(registry.walk().whole()));
    }

    @Test
    void servicesOfOnePortAreShownTogether() {
        RelayPort one = new RelayPort(Protocol.TCP, 443, Route.of(List.of("one.example"), List.of()));
        RelayPort other = new RelayPort(Protocol.TCP, 443, Route.of(List.of("other.example"), List.of()));
        register(one, 1);
        register(TCP_80, 2);
        register(other, 3);
        assertEquals(List.of(one, other, TCP_80), services(registry.walk().whole()));
        leave(one, 1);
        register(one, 4);
        assertEquals(List.of(other, one, TCP_80), services(registry.walk().whole()));
        assertEquals(List.of(other, one), services(registry.walk(443).whole()));
    }

    private void register(RelayPort relayPort, int port) {
        Registration registration =
                new Registration(relayPort, port, ComponentTraits.DEFAULT, ServiceTerms.UNSAID, null);
        assertTrue(registry.register(link, registration).kind() == Outcome.Kind.DONE);
    }

    private void leave(RelayPort relayPort, int port) {
        registry.unregister(Objects.requireNonNull(registry.find(link, relayPort, port)));
    }

    private void report(RelayPort relayPort, boolean good) {
        assertTrue(registry.report(link, relayPort, good).kind() == Outcome.Kind.DONE);
    }

    private static List<RelayPort> services(Snapshot snapshot) {
        return snapshot.services().stream().map(ServiceStatus::relayPort).toList();
    }

    private static List<String> shown(Snapshot snapshot) {
        return snapshot.services().stream()
                .flatMap(service -> service.components().stream())
                .map(SnapshotWalkTest::shown)
                .toList();
    }

    private static String shown(ComponentStatus component) {
        return component.port() + " " + component.state().word();
    }
}
