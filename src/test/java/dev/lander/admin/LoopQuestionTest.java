package dev.lander.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.RunningReactor;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoopQuestionTest {
    private final AtomicInteger answers = new AtomicInteger();
    private RunningReactor running;

    @BeforeEach
    void start() throws IOException {
        running = new RunningReactor();
    }

    @AfterEach
    void end() {
        running.close();
    }

    @Test
    void eachAnswerIsNewerThanItsQuestion() {
        running.start();
        LoopQuestion<Integer> question = question();
        for (int i = 1; i <= 20; i++) {
            assertEquals(Optional.of(i), question.ask());
        }
    }

    @Test
    void allWhoAskBeforeTheAnswerShareIt() {
        LoopQuestion<Integer> question = question();
        List<CompletableFuture<Optional<Integer>>> asking = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(8);
        for (int i = 0; i < 8; i++) {
            asking.add(CompletableFuture.supplyAsync(
                    () -> {
                        begun.countDown();
                        return question.ask();
                    },
                    task -> new Thread(task, "asking").start()));
        }
        Await.until("all are about to ask", () -> begun.getCount() == 0);
        running.start();
        asking.forEach(one -> assertTrue(one.join().isPresent()));
        assertTrue(answers.get() < 8, answers + " answers for 8 questions");
    }

    @Test
    void aLoopThatDoesNotTurnGivesNoAnswerAndIsAskedOnce() {
        LoopQuestion<Integer> question = question();
        assertEquals(Optional.empty(), question.ask());
        assertEquals(Optional.empty(), question.ask());
        running.start();
        running.inLoop(() -> {});
        assertEquals(1, answers.get()); // for both, who have gone
        assertEquals(Optional.of(2), question.ask());
    }

    @Test
    void aDefectInTheAnswerIsToldAndDoesNotSilenceTheNext() {
        running.start();
        LoopQuestion<Integer> question = new LoopQuestion<>(
                running.reactor(),
                () -> {
                    if (answers.incrementAndGet() == 1) {
                        throw new IllegalStateException("a defect");
                    }
                    return 7;
                },
                InstantSource.system());
        assertEquals(Optional.empty(), question.ask());
        assertEquals(Optional.of(7), question.ask());
        assertEquals(1, running.faults().size());
    }

    @Test
    void whoeverAsksWhileAnAnswerTakesSeveralTurnsGetsTheNextWhichBeginsAfterIt() {
        List<CompletableFuture<Integer>> begun = new CopyOnWriteArrayList<>();
        running.start();
        LoopQuestion<Integer> question =
                new LoopQuestion<>(running.reactor(), InstantSource.system(), answer -> begun.add(answer));
        CompletableFuture<Optional<Integer>> first = asking(question);
        Await.until("the first is begun", () -> begun.size() == 1);
        CompletableFuture<Optional<Integer>> second = asking(question);
        for (int turn = 0; turn < 10; turn++) {
            running.inLoop(() -> {});
        }
        assertEquals(1, begun.size());
        running.inLoop(() -> begun.get(0).complete(1));
        assertEquals(Optional.of(1), first.join());
        Await.until("the next is begun", () -> begun.size() == 2);
        running.inLoop(() -> begun.get(1).complete(2));
        assertEquals(Optional.of(2), second.join());
    }

    private static CompletableFuture<Optional<Integer>> asking(LoopQuestion<Integer> question) {
        return CompletableFuture.supplyAsync(question::ask, task -> new Thread(task, "asking").start());
    }

    private LoopQuestion<Integer> question() {
        return new LoopQuestion<>(running.reactor(), answers::incrementAndGet, InstantSource.system());
    }
}
