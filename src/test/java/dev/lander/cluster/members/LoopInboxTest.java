package dev.lander.cluster.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.RunningReactor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes from JGroups' threads reaches the loop in order, and no turn has more than a portion of it. */
@Timeout(30)
class LoopInboxTest {
    private static final int PORTION = 16 << 10;

    private final RunningReactor running;
    private final LoopInbox inbox;

    /** Which turn each task had, in the order in which they ran. */
    private final List<Integer> turns = new ArrayList<>();

    private final List<Integer> ran = new CopyOnWriteArrayList<>();
    private int turn;
    private boolean isCounted;

    LoopInboxTest() throws IOException {
        running = new RunningReactor();
        inbox = new LoopInbox(running.reactor());
    }

    @Test
    void aTurnTakesAPortionOfLongMessages() {
        assertPortions(PORTION / 4, 4);
    }

    @Test
    void aTurnTakesOneMessageThatIsLongerThanAPortion() {
        assertPortions(3 * PORTION, 1);
    }

    @Test
    void whatHasNoLengthCountsAll() {
        assertPortions(0, 64);
    }

    @Test
    void aTaskThatFailsHoldsUpNobody() {
        inbox.add(() -> ran.add(0), 0);
        inbox.add(
                () -> {
                    throw new IllegalStateException("a defect of the test's");
                },
                0);
        inbox.add(() -> ran.add(2), 0);
        try (running) {
            running.start();
            Await.until("the rest runs", () -> ran.equals(List.of(0, 2)));
        }
        assertEquals(1, running.faults().size());
    }

    @Test
    void whatSeveralThreadsAddIsLostByNoneAndInTheOrderOfEach() throws InterruptedException {
        int each = 2_000;
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(number -> new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        int task = number * each + i;
                        inbox.add(() -> turns.add(task), 0);
                    }
                }))
                .toList();
        try (running) {
            running.start();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            inbox.add(() -> ran.addAll(turns), 0);
            Await.until("all have run", () -> ran.size() == 4 * each);
        }
        for (int number = 0; number < 4; number++) {
            int first = number * each;
            List<Integer> ofThread =
                    ran.stream().filter(task -> task / each == first / each).toList();
            assertEquals(IntStream.range(first, first + each).boxed().toList(), ofThread);
        }
    }

    /** @param expected tasks of one turn; the clock stands, so no turn is long */
    private void assertPortions(int bytes, int expected) {
        int all = expected * 5 + 1;
        for (int i = 0; i < all; i++) {
            int task = i;
            inbox.add(() -> run(task), bytes);
        }
        try (running) {
            running.start();
            Await.until("all have run", () -> ran.size() == all);
        }
        assertEquals(IntStream.range(0, all).boxed().toList(), ran);
        for (int one = 0; one < 5; one++) {
            assertEquals(expected, Collections.frequency(turns, one), "in turn " + one);
        }
        assertTrue(running.faults().isEmpty());
    }

    private void run(int task) {
        if (!isCounted) {
            isCounted = true;
            running.reactor().atTurnEnd(() -> {
                isCounted = false;
                turn++;
            });
        }
        turns.add(turn);
        ran.add(task);
    }
}
