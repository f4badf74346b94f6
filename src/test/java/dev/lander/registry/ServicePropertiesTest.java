package dev.lander.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

@PropertyDefaults(edgeCases = EdgeCasesMode.NONE)
class ServicePropertiesTest {
    private static final InetAddress CLIENT = RecordingLink.address("10.9.9.9");
    private static final int MISSES = 1;

    private enum Act {
        COME,
        LEAVE,
        FALL_SILENT,
        ANSWER,
        SERVE
    }

    private record Step(Act act, int whom) {}

    /** Who waits for the turn, and who has gone but may be back before it is the turn. */
    private static final class NaiveLine {
        private final List<Component> waiting = new ArrayList<>();
        private final Set<Component> absent = new HashSet<>();

        void join(Component component) {
            if (!absent.remove(component)) {
                waiting.add(component);
            }
        }

        void leave(Component component) {
            absent.add(component);
        }

        @Nullable
        Component next() {
            for (Component component : waiting) {
                if (!absent.contains(component)) {
                    List<Component> missed = List.copyOf(waiting.subList(0, waiting.indexOf(component)));
                    waiting.removeAll(missed);
                    missed.forEach(absent::remove);
                    waiting.remove(component);
                    waiting.add(component);
                    return component;
                }
            }
            return null;
        }
    }

    @Property(tries = 500)
    void turnsAreExactWhileComponentsComeAndGo(@ForAll("steps") List<Step> steps) {
        Service service = service();
        NaiveLine rotation = new NaiveLine();
        NaiveLine lastResort = new NaiveLine();
        List<Component> present = new ArrayList<>();
        int port = 0;
        for (Step step : steps) {
            Component whom = present.isEmpty() ? null : present.get(step.whom % present.size());
            if (step.act == Act.SERVE) {
                Component expected = rotation.next();
                assertEquals(expected == null ? lastResort.next() : expected, service.elect(CLIENT, any -> true));
            } else if (step.act == Act.COME) {
                Component component = add(service, ++port);
                component.reported(true);
                present.add(component);
                rotation.join(component);
            } else if (whom != null) {
                boolean silent = whom.state() == State.SILENT;
                NaiveLine line = silent ? lastResort : rotation;
                if (step.act == Act.LEAVE) {
                    service.remove(whom);
                    present.remove(whom);
                    line.leave(whom);
                } else if (step.act == Act.FALL_SILENT && !silent) {
                    whom.checks().due(MISSES);
                    whom.checks().due(MISSES);
                    rotation.leave(whom);
                    lastResort.join(whom);
                } else if (step.act == Act.ANSWER && silent) {
                    whom.reported(true);
                    lastResort.leave(whom);
                    rotation.join(whom);
                }
            }
        }
    }

    @Property(tries = 300)
    void everyRetryTakesTheNextTurn(
            @ForAll @IntRange(min = 1, max = 8) int components,
            @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 9) Integer> triesPerClient) {
        Service service = service();
        NaiveLine line = new NaiveLine();
        for (int port = 1; port <= components; port++) {
            line.join(add(service, port));
        }
        for (int tries : triesPerClient) {
            Set<Component> tried = new HashSet<>();
            for (int i = 0; i < tries; i++) {
                Component expected = i < components ? line.next() : null;
                assertEquals(expected, service.elect(CLIENT, candidate -> !tried.contains(candidate)));
                if (expected != null) {
                    tried.add(expected);
                }
            }
        }
    }

    private static Service service() {
        return new Service(
                new RelayPort(Protocol.TCP, 50_000),
                ServiceTerms.UNSAID,
                (changed, before) -> {},
                new Traffic(),
                new SplittableRandom(1));
    }

    private static Component add(Service service, int port) {
        RecordingLink link = RecordingLink.from("10.0.0.1");
        Component component =
                new Component(service, new InetSocketAddress(link.address(), port), ComponentTraits.DEFAULT, link);
        service.add(component);
        return component;
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Act> act = Arbitraries.of(
                Act.COME, Act.LEAVE, Act.FALL_SILENT, Act.FALL_SILENT, Act.ANSWER, Act.ANSWER, Act.SERVE, Act.SERVE);
        Arbitrary<Integer> whom = Arbitraries.integers().between(0, 1_000);
        return Combinators.combine(act, whom).as(Step::new).list().ofMinSize(20).ofMaxSize(80);
    }
}
