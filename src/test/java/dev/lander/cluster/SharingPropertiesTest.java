package dev.lander.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.registry.Balance;
import dev.lander.registry.Component;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.registry.Registration;
import dev.lander.registry.RelayPort;
import dev.lander.registry.ServiceTerms;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/**
 * Whatever is registered, drained, reported and lost at three Landers, in whatever order they hear of it and however
 * often: in the end all have the same, and that is what is registered with any.
 */
@PropertyDefaults(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
class SharingPropertiesTest {
    private static final int LANDERS = 3;
    private static final List<RelayPort> SERVICES =
            List.of(new RelayPort(Protocol.TCP, 80), new RelayPort(Protocol.UDP, 53));
    private static final int HOSTS = 2;

    /** Something that happens at a Lander. */
    private enum Kind {
        REGISTER,
        UNREGISTER,
        DRAIN,
        BAD,
        GOOD,
        OPERATOR_DRAINS,
        OPERATOR_UNDRAINS,
        DISCONNECT,
        DELIVER,
        DELIVER_ALL,
        CUT,
        HEAL,
        TELL_ALL,
        KILL,
        LEAVE,
        ADVANCE
    }

    /**
     * What happens, where.
     *
     * @param lander at which of them
     * @param other and which other one
     * @param service which of the services
     * @param host which of the components
     * @param variant which of the ways to say it
     */
    private record Step(Kind kind, int lander, int other, int service, int host, int variant) {}

    @Property(tries = 300)
    void allHaveTheSameInTheEnd(@ForAll("steps") List<Step> steps) throws IOException {
        try (SharedRegistries shared = new SharedRegistries()) {
            for (int i = 0; i < LANDERS; i++) {
                shared.add();
            }
            for (Step step : steps) {
                take(step, shared);
            }
            shared.heal();
            shared.deliverAll();
            // until all orphans are gone: none of them answers
            shared.advance(SharedRegistries.GRACE.multipliedBy(11));
            shared.deliverAll();
            assertEquals(List.of(), shared.faults());
            Set<String> registered = new TreeSet<>();
            shared.alive().forEach(one -> registered.addAll(one.own()));
            Set<String> first = shared.alive().get(0).state();
            for (SharedRegistries.Lander lander : shared.alive()) {
                assertEquals(first, lander.state(), shared::describe);
            }
            assertEquals(
                    registered.size(), first.size(), () -> registered + " are registered, but\n" + shared.describe());
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                net.jqwik.api.Tuple.of(12, Kind.REGISTER),
                net.jqwik.api.Tuple.of(6, Kind.UNREGISTER),
                net.jqwik.api.Tuple.of(4, Kind.DRAIN),
                net.jqwik.api.Tuple.of(4, Kind.BAD),
                net.jqwik.api.Tuple.of(3, Kind.GOOD),
                net.jqwik.api.Tuple.of(4, Kind.OPERATOR_DRAINS),
                net.jqwik.api.Tuple.of(2, Kind.OPERATOR_UNDRAINS),
                net.jqwik.api.Tuple.of(2, Kind.DISCONNECT),
                net.jqwik.api.Tuple.of(12, Kind.DELIVER),
                net.jqwik.api.Tuple.of(3, Kind.DELIVER_ALL),
                net.jqwik.api.Tuple.of(4, Kind.CUT),
                net.jqwik.api.Tuple.of(3, Kind.HEAL),
                net.jqwik.api.Tuple.of(2, Kind.TELL_ALL),
                net.jqwik.api.Tuple.of(1, Kind.KILL),
                net.jqwik.api.Tuple.of(1, Kind.LEAVE),
                net.jqwik.api.Tuple.of(3, Kind.ADVANCE));
        Arbitrary<Integer> small = Arbitraries.integers().between(0, 5);
        return Combinators.combine(kinds, small, small, small, small, small)
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    private static void take(Step step, SharedRegistries shared) {
        List<SharedRegistries.Lander> alive = shared.alive();
        SharedRegistries.Lander lander = alive.get(step.lander() % alive.size());
        SharedRegistries.Lander other = alive.get(step.other() % alive.size());
        RelayPort relayPort = SERVICES.get(step.service() % SERVICES.size());
        InetSocketAddress address = SharedRegistries.address(1 + step.host() % HOSTS, 30_000);
        switch (step.kind()) {
            case REGISTER ->
                lander.run(one -> one.registry.register(one.peer, registration(relayPort, address, step.variant())));
            case UNREGISTER ->
                lander.run(one -> {
                    Component component = own(one, relayPort, address);
                    if (component != null) {
                        one.registry.unregister(component);
                    }
                });
            case DRAIN ->
                lander.run(one -> {
                    Component component = own(one, relayPort, address);
                    if (component != null) {
                        one.registry.drain(component);
                    }
                });
            case BAD, GOOD ->
                lander.run(one ->
                        one.registry.report(one.peer, relayPort, address.getAddress(), step.kind() == Kind.GOOD));
            case OPERATOR_DRAINS ->
                lander.run(one -> {
                    Component component = one.registry.find(relayPort, address);
                    if (component != null) {
                        one.registry.operatorDrains().drain(component);
                    }
                });
            case OPERATOR_UNDRAINS ->
                lander.run(one -> one.registry
                        .operatorDrains()
                        .undrain(relayPort, address, one.registry.find(relayPort, address)));
            case DISCONNECT -> lander.run(one -> one.registry.disconnect(one.peer));
            case DELIVER -> lander.deliver(other, 1 + step.variant());
            case DELIVER_ALL -> shared.deliverAll();
            case CUT -> {
                if (lander != other) {
                    shared.cut(lander, other);
                }
            }
            case HEAL -> shared.heal();
            case TELL_ALL -> lander.run(one -> one.end.tellAll());
            case KILL, LEAVE -> end(step, shared, lander);
            case ADVANCE -> shared.advance(Duration.ofMillis(500L * (1 + step.variant())));
        }
    }

    /** It ends, by itself or not, and is started anew. */
    private static void end(Step step, SharedRegistries shared, SharedRegistries.Lander lander) {
        if (step.kind() == Kind.LEAVE) {
            lander.run(one -> one.cluster.leave());
            lander.run(one -> one.registry.disconnect(one.peer));
        }
        lander.kill();
        shared.add();
    }

    private static @Nullable Component own(
            SharedRegistries.Lander one, RelayPort relayPort, InetSocketAddress address) {
        return one.registry.find(one.peer, relayPort, address.getAddress(), address.getPort());
    }

    private static Registration registration(RelayPort relayPort, InetSocketAddress address, int variant) {
        ComponentTraits traits = new ComponentTraits(
                variant % 2 == 0 ? null : "web-" + variant, 1 + variant, 0, ProxyProtocol.NONE, 0, 0, 0, 0, 0);
        Balance[] asked = {Balance.LEASTCONN, Balance.SOURCE, Balance.RANDOM, null, null, null};
        Balance balance = asked[variant];
        ServiceTerms terms = new ServiceTerms(balance, null, null, null, null, null, null, null, null);
        return new Registration(relayPort, address.getPort(), traits, terms, address.getAddress());
    }
}
