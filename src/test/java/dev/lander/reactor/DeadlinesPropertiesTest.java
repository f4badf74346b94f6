package dev.lander.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.testing.RunningReactor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

@PropertyDefaults(edgeCases = EdgeCasesMode.NONE)
class DeadlinesPropertiesTest {
    private static final List<Duration> LENGTHS =
            List.of(Duration.ofMillis(700), Duration.ofMillis(2_000), Duration.ofMillis(2_500));
    private static final int DEADLINES_PER_LENGTH = 4;
    private static final int DEADLINES = LENGTHS.size() * DEADLINES_PER_LENGTH;

    private enum Act {
        START,
        STOP,
        PASS_TIME
    }

    private record Step(Act act, int deadline, Duration time) {}

    /** Deadlines as a plain list: who was started last is last. */
    private static final class Model {
        private final Map<Integer, List<Integer>> started = new TreeMap<>();
        private final long[] dueMs = new long[DEADLINES];
        private long nowMs;

        void stop(int deadline) {
            line(deadline).remove((Integer) deadline);
        }

        void start(int deadline) {
            stop(deadline);
            line(deadline).add(deadline);
            dueMs[deadline] = nowMs + length(deadline).toMillis();
        }

        /** Those that fire, of each length in order. */
        Map<Integer, List<Integer>> pass(Duration time) {
            nowMs += time.toMillis();
            Map<Integer, List<Integer>> fired = new TreeMap<>();
            started.forEach((length, line) -> {
                List<Integer> due =
                        line.stream().filter(one -> dueMs[one] <= nowMs).toList();
                line.removeAll(due);
                if (!due.isEmpty()) {
                    fired.put(length, due);
                }
            });
            return fired;
        }

        boolean isStarted(int deadline) {
            return line(deadline).contains(deadline);
        }

        private List<Integer> line(int deadline) {
            return started.computeIfAbsent(deadline / DEADLINES_PER_LENGTH, absent -> new ArrayList<>());
        }
    }

    @Property(tries = 150)
    void deadlinesFireAsInAPlainList(@ForAll("steps") List<Step> steps) throws IOException {
        Map<Integer, List<Integer>> fired = new TreeMap<>();
        List<Deadline> deadlines = new ArrayList<>();
        Model model = new Model();
        try (RunningReactor loop = new RunningReactor()) {
            for (int i = 0; i < DEADLINES; i++) {
                int deadline = i;
                Runnable action =
                        () -> fired.computeIfAbsent(deadline / DEADLINES_PER_LENGTH, absent -> new ArrayList<>())
                                .add(deadline);
                deadlines.add(loop.reactor().deadlines(length(i)).create(action));
            }
            loop.start();
            for (Step step : steps) {
                switch (step.act) {
                    case START -> {
                        loop.inLoop(deadlines.get(step.deadline)::start);
                        model.start(step.deadline);
                    }
                    case STOP -> {
                        loop.inLoop(deadlines.get(step.deadline)::stop);
                        model.stop(step.deadline);
                    }
                    case PASS_TIME -> {
                        fired.clear();
                        loop.advance(step.time);
                        assertEquals(model.pass(step.time), fired);
                    }
                }
                for (int i = 0; i < DEADLINES; i++) {
                    assertEquals(model.isStarted(i), deadlines.get(i).isStarted());
                }
            }
            assertEquals(List.of(), loop.faults());
        }
    }

    private static Duration length(int deadline) {
        return LENGTHS.get(deadline / DEADLINES_PER_LENGTH);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Act> act = Arbitraries.of(Act.START, Act.START, Act.START, Act.STOP, Act.PASS_TIME, Act.PASS_TIME);
        Arbitrary<Integer> deadline = Arbitraries.integers().between(0, DEADLINES - 1);
        // No step is a stall.
        Arbitrary<Duration> time = Arbitraries.integers().between(0, 900).map(Duration::ofMillis);
        return Combinators.combine(act, deadline, time)
                .as(Step::new)
                .list()
                .ofMinSize(10)
                .ofMaxSize(60);
    }
}
