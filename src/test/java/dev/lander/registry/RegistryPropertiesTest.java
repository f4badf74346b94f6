package dev.lander.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.registry.Outcome.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

@PropertyDefaults(edgeCases = EdgeCasesMode.NONE)
class RegistryPropertiesTest {
    /** So few ports, links and addresses that everything meets everything. */
    private static final int PORTS = 4;

    private static final List<String> HOSTS =
            List.of("10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.2", "127.0.0.1", "127.0.0.1");
    private static final InetAddress LOCAL = RecordingLink.address("127.0.0.1");
    private static final InetAddress CLIENT = RecordingLink.address("10.9.9.9");
    private static final RelayPort REFUSED = new RelayPort(Protocol.UDP, PORTS);

    private enum Act {
        REGISTER,
        UNREGISTER,
        REPORT,
        DRAIN,
        DISCONNECT
    }

    private record Step(
            Act act,
            int link,
            RelayPort relayPort,
            int port,
            boolean good,
            @Nullable Balance balance) {}

    /** What should be registered, as plain as possible. */
    private static final class Model {
        private static final class Entry {
            private final int port;
            private Link link;
            private State state = State.GOOD;

            Entry(int port, Link link) {
                this.port = port;
                this.link = link;
            }
        }

        private final Map<RelayPort, List<Entry>> services = new LinkedHashMap<>();
        private final Map<RelayPort, Balance> balances = new LinkedHashMap<>();

        Kind register(Link link, RelayPort relayPort, int port, @Nullable Balance balance) {
            Entry known = find(relayPort, link.address(), port);
            if (known != null && known.link == link) {
                return Kind.ALREADY_REGISTERED;
            } else if (wouldLoop(link, relayPort, port)) {
                return Kind.RELAYS_TO_ITSELF;
            } else if (balance != null && balances.getOrDefault(relayPort, balance) != balance) {
                return Kind.CONFLICT;
            } else if (known != null) {
                known.link = link;
                known.state = State.GOOD;
                return Kind.DONE;
            } else if (relayPort.equals(REFUSED)) {
                return Kind.BIND_FAILED;
            }
            services.computeIfAbsent(relayPort, absent -> new ArrayList<>()).add(new Entry(port, link));
            balances.putIfAbsent(relayPort, balance == null ? Balance.ROUNDROBIN : balance);
            return Kind.DONE;
        }

        private boolean wouldLoop(Link link, RelayPort relayPort, int port) {
            RelayPort target = new RelayPort(relayPort.protocol(), port);
            boolean targetIsOurs = target.equals(relayPort) || services.containsKey(target);
            boolean relayPortIsTarget = services.entrySet().stream()
                    .filter(service -> service.getKey().protocol() == relayPort.protocol())
                    .flatMap(service -> service.getValue().stream())
                    .anyMatch(entry -> entry.link.address().equals(LOCAL) && entry.port == relayPort.number());
            return (targetIsOurs && link.address().equals(LOCAL)) || relayPortIsTarget;
        }

        Kind unregister(Link link, RelayPort relayPort, int port) {
            Entry entry = find(relayPort, link.address(), port);
            if (entry == null || entry.link != link) {
                return Kind.NOT_REGISTERED;
            }
            services.getOrDefault(relayPort, List.of()).remove(entry);
            forgetEmpty();
            return Kind.DONE;
        }

        Kind report(Link link, RelayPort relayPort, boolean good) {
            Kind kind = Kind.NOT_REGISTERED;
            for (Entry entry : services.getOrDefault(relayPort, List.of())) {
                if (entry.link == link) {
                    kind = Kind.DONE;
                    if (entry.state != State.DRAINING) {
                        entry.state = good ? State.GOOD : State.BAD;
                    }
                }
            }
            return kind;
        }

        void drain(RelayPort relayPort, InetAddress host, int port) {
            Entry entry = find(relayPort, host, port);
            if (entry != null) {
                entry.state = State.DRAINING;
            }
        }

        void disconnect(Link link) {
            services.values().forEach(entries -> entries.removeIf(entry -> entry.link == link));
            forgetEmpty();
        }

        private void forgetEmpty() {
            services.values().removeIf(List::isEmpty);
            balances.keySet().retainAll(services.keySet());
        }

        @Nullable
        Entry find(RelayPort relayPort, InetAddress host, int port) {
            for (Entry entry : services.getOrDefault(relayPort, List.of())) {
                if (entry.port == port && entry.link.address().equals(host)) {
                    return entry;
                }
            }
            return null;
        }
    }

    private final RecordingBinder binder = new RecordingBinder();
    private final Registry registry =
            new Registry(binder, new LoopGuard(LOCAL::equals), new RecordingObserver(), new SplittableRandom(1));
    private final List<RecordingLink> links =
            HOSTS.stream().map(RecordingLink::from).toList();
    private final Model model = new Model();

    @Property(tries = 500)
    void anyScriptLeavesWhatThePlainModelHas(@ForAll("steps") List<Step> steps) {
        binder.refusals.put(REFUSED, "refused");
        for (Step step : steps) {
            carryOut(step);
            assertSameAsModel();
        }
        for (Link link : links) {
            registry.disconnect(link);
            model.disconnect(link);
            assertSameAsModel();
        }
        assertEquals(Set.of(), binder.bound());
    }

    private void carryOut(Step step) {
        RecordingLink link = links.get(step.link);
        RelayPort relayPort = step.relayPort;
        switch (step.act) {
            case REGISTER -> {
                ServiceTerms terms = new ServiceTerms(step.balance, null, null, null, null, null, null, null, null);
                Registration registration =
                        new Registration(relayPort, step.port, ComponentTraits.DEFAULT, terms, null);
                assertEquals(
                        model.register(link, relayPort, step.port, step.balance),
                        registry.register(link, registration).kind());
            }
            case UNREGISTER ->
                assertEquals(
                        model.unregister(link, relayPort, step.port),
                        registry.unregister(link, relayPort, step.port).kind());
            case REPORT ->
                assertEquals(
                        model.report(link, relayPort, step.good),
                        registry.report(link, relayPort, step.good).kind());
            case DRAIN -> {
                Component component = registry.find(relayPort, new InetSocketAddress(link.address(), step.port));
                if (component != null) {
                    registry.drain(component);
                }
                model.drain(relayPort, link.address(), step.port);
            }
            case DISCONNECT -> {
                registry.disconnect(link);
                model.disconnect(link);
            }
        }
    }

    private void assertSameAsModel() {
        assertEquals(model.services.keySet(), binder.bound());
        assertEquals(
                List.copyOf(model.services.keySet()),
                registry.walk().whole().services().stream()
                        .map(Snapshot.ServiceStatus::relayPort)
                        .toList());
        model.services.forEach((relayPort, entries) -> {
            Service service = null;
            for (Model.Entry entry : entries) {
                Component component = registry.find(entry.link, relayPort, entry.port);
                assertNotNull(component, () -> entry.port + " on " + relayPort);
                assertEquals(entry.state, component.state());
                service = component.service();
            }
            assertNotNull(service);
            assertEquals(
                    entries.stream().map(entry -> entry.port).toList(),
                    service.components().stream()
                            .map(component -> component.address().getPort())
                            .toList());
            assertEquals(model.balances.get(relayPort), service.balance());
            assertServesBy(service, entries);
        });
        for (Link link : links) {
            assertEquals(
                    model.services.values().stream()
                            .flatMap(List::stream)
                            .filter(entry -> entry.link == link)
                            .count(),
                    registry.componentsOf(link).size());
        }
    }

    private static void assertServesBy(Service service, List<Model.Entry> entries) {
        Set<InetSocketAddress> able = entries.stream()
                .filter(entry -> entry.state == State.GOOD)
                .map(entry -> new InetSocketAddress(entry.link.address(), entry.port))
                .collect(Collectors.toSet());
        Component elected = service.elect(CLIENT, candidate -> true);
        if (able.isEmpty()) {
            assertNull(elected);
        } else {
            assertNotNull(elected);
            assertTrue(able.contains(elected.address()));
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Act> act = Arbitraries.of(
                Act.REGISTER,
                Act.REGISTER,
                Act.REGISTER,
                Act.REGISTER,
                Act.UNREGISTER,
                Act.REPORT,
                Act.DRAIN,
                Act.DISCONNECT);
        Arbitrary<RelayPort> relayPort = Combinators.combine(
                        Arbitraries.of(Protocol.class), Arbitraries.integers().between(1, PORTS))
                .as(RelayPort::new);
        return Combinators.combine(
                        act,
                        Arbitraries.integers().between(0, HOSTS.size() - 1),
                        relayPort,
                        Arbitraries.integers().between(1, PORTS + 2),
                        Arbitraries.of(true, false),
                        Arbitraries.of(Balance.ROUNDROBIN, Balance.LEASTCONN).injectNull(0.6))
                .as(Step::new)
                .list()
                .ofMinSize(20)
                .ofMaxSize(80);
    }
}
