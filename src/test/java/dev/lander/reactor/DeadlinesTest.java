package dev.lander.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.RunningReactor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final Duration LENGTH = Duration.ofSeconds(5);
    private static final Duration MS = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final List<String> fired = new CopyOnWriteArrayList<>();
    private RunningReactor loop;
    private Deadlines deadlines;

    @BeforeEach
    void open() throws IOException {
        loop = new RunningReactor().start();
        deadlines = loop.reactor().deadlines(LENGTH);
    }

    @AfterEach
    void close() {
        loop.close();
        assertEquals(List.of(), loop.faults());
    }

    @Test
    void aDeadlineFiresOnceWhenItsLengthHasPassed() {
        Deadline deadline = deadline("a");
        loop.inLoop(deadline::start);
        loop.advance(LENGTH.minus(MS));
        assertEquals(List.of(), fired);
        assertTrue(deadline.isStarted());
        loop.advance(MS);
        assertEquals(List.of("a"), fired);
        assertFalse(deadline.isStarted());
        loop.advance(LENGTH);
        assertEquals(List.of("a"), fired);
    }

    @Test
    void aDeadlineThatWasNeverStartedDoesNotFire() {
        assertFalse(deadline("a").isStarted());
        loop.advance(LENGTH);
        assertEquals(List.of(), fired);
        assertEquals(Long.MAX_VALUE, deadlines.nextDueNs());
    }

    @Test
    void deadlinesFireInTheOrderInWhichTheyWereStarted() {
        Deadline b = deadline("b");
        Deadline a = deadline("a");
        Deadline c = deadline("c");
        loop.inLoop(() -> {
            a.start();
            b.start();
        });
        loop.advance(SECOND);
        loop.inLoop(c::start);
        loop.advance(LENGTH.minus(SECOND));
        assertEquals(List.of("a", "b"), fired);
        loop.advance(SECOND);
        assertEquals(List.of("a", "b", "c"), fired);
    }

    @Test
    void startingAgainMovesADeadlineBehindAllOthers() {
        Deadline a = deadline("a");
        Deadline b = deadline("b");
        Deadline c = deadline("c");
        loop.inLoop(() -> {
            a.start();
            b.start();
            c.start();
        });
        loop.advance(SECOND);
        loop.inLoop(() -> {
            b.start();
            a.start();
        });
        loop.advance(LENGTH.minus(SECOND));
        assertEquals(List.of("c"), fired);
        loop.advance(SECOND);
        assertEquals(List.of("c", "b", "a"), fired);
    }

    @Test
    void startingTheLastAgainPostponesIt() {
        Deadline a = deadline("a");
        loop.inLoop(a::start);
        loop.advance(SECOND);
        loop.inLoop(a::start);
        loop.advance(LENGTH.minus(SECOND));
        assertEquals(List.of(), fired);
        loop.advance(SECOND);
        assertEquals(List.of("a"), fired);
    }

    @Test
    void aStoppedDeadlineDoesNotFireWhereverInTheListItWas() {
        for (int stopped = 0; stopped < 3; stopped++) {
            fired.clear();
            List<Deadline> all = List.of(deadline("0"), deadline("1"), deadline("2"));
            Deadline one = all.get(stopped);
            loop.inLoop(() -> {
                all.forEach(Deadline::start);
                one.stop();
                one.stop();
            });
            assertFalse(one.isStarted());
            loop.advance(LENGTH);
            List<String> others = new ArrayList<>(List.of("0", "1", "2"));
            others.remove(stopped);
            assertEquals(others, fired);
        }
    }

    @Test
    void stoppingWhatIsNotStartedDoesNothing() {
        Deadline a = deadline("a");
        Deadline b = deadline("b");
        loop.inLoop(() -> {
            b.stop();
            a.start();
            b.stop();
        });
        loop.advance(LENGTH);
        assertEquals(List.of("a"), fired);
        loop.inLoop(a::stop);
        loop.inLoop(b::start);
        loop.advance(LENGTH);
        assertEquals(List.of("a", "b"), fired);
    }

    @Test
    void aDeadlineMayStartItselfAgainFromItsAction() {
        List<Deadline> self = new ArrayList<>();
        self.add(deadlines.create(() -> {
            fired.add("tick");
            self.get(0).start();
        }));
        loop.inLoop(self.get(0)::start);
        for (int i = 1; i <= 3; i++) {
            loop.advance(LENGTH);
            assertEquals(i, fired.size());
        }
    }

    @Test
    void anActionMayStopTheOneThatIsDueWithIt() {
        Deadline second = deadline("second");
        Deadline first = deadlines.create(() -> {
            fired.add("first");
            second.stop();
        });
        loop.inLoop(() -> {
            first.start();
            second.start();
        });
        loop.advance(LENGTH);
        assertEquals(List.of("first"), fired);
    }

    @Test
    void anActionMayAskForDeadlinesOfANewLength() {
        Deadline first = deadlines.create(() ->
                loop.reactor().deadlines(SECOND).create(() -> fired.add("new")).start());
        loop.inLoop(first::start);
        loop.advance(LENGTH);
        assertEquals(List.of(), fired);
        loop.advance(SECOND);
        assertEquals(List.of("new"), fired);
    }

    @Test
    void deadlinesOfOneLengthShareAList() {
        assertSame(deadlines, loop.reactor().deadlines(MS.multipliedBy(5_000)));
        assertNotSame(deadlines, loop.reactor().deadlines(SECOND));
    }

    @Test
    void anOwnListIsSharedWithNobody() {
        Deadlines own = loop.reactor().ownDeadlines(LENGTH);
        assertNotSame(deadlines, own);
        assertSame(deadlines, loop.reactor().deadlines(LENGTH));
        assertNotSame(own, loop.reactor().ownDeadlines(LENGTH));
        loop.inLoop(() -> {
            own.create(() -> fired.add("own")).start();
            deadlines.create(() -> fired.add("shared")).start();
            assertTrue(own.expireFirst());
            assertFalse(own.expireFirst());
        });
        assertEquals(List.of("own"), fired);
        loop.advance(LENGTH);
        assertEquals(List.of("own", "shared"), fired);
    }

    @Test
    void theFirstCanBeMadeToHappenBeforeItsTime() {
        Deadline a = deadline("a");
        Deadline b = deadline("b");
        loop.inLoop(() -> {
            a.start();
            b.start();
            a.start();
            assertTrue(deadlines.expireFirst());
        });
        assertEquals(List.of("b"), fired);
        assertFalse(b.isStarted());
        loop.advance(LENGTH);
        assertEquals(List.of("b", "a"), fired);
        loop.inLoop(() -> assertFalse(deadlines.expireFirst()));
        assertEquals(List.of("b", "a"), fired);
    }

    @Test
    void oneThatIsMadeToHappenAndFailsKeepsNobodyFromTheNext() {
        loop.inLoop(() -> {
            deadlines
                    .create(() -> {
                        throw new IllegalStateException("defect");
                    })
                    .start();
            deadline("next").start();
            assertTrue(deadlines.expireFirst());
            assertTrue(deadlines.expireFirst());
        });
        assertEquals(List.of("next"), fired);
        assertEquals(1, loop.faults().size());
        loop.faults().clear();
    }

    private Deadline deadline(String name) {
        return deadlines.create(() -> fired.add(name));
    }
}
