package dev.lander.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FdBudgetTest {
    @ParameterizedTest
    @CsvSource({
        "1024, 976",
        "4095, 4047",
        "4096, 3968",
        "1048576, 1048448",
        "48, 0",
        "10, 0",
        "2147483775, 2147483647",
        "9223372036854775807, 2147483647"
    })
    void theTotalIsTheLimitLessAReserve(long limit, int total) {
        FdBudget budget = new FdBudget(limit, Runnable::run);
        assertEquals(total, budget.total());
        assertEquals(total, budget.free());
    }

    @Test
    void whatIsHeldIsNotFreeUntilItIsReleased() {
        FdBudget budget = new FdBudget(148, Runnable::run);
        budget.hold(2);
        budget.hold(1);
        assertEquals(97, budget.free());
        budget.release(2);
        assertEquals(99, budget.free());
        assertEquals(100, budget.total());
    }

    @Test
    void moreMayBeHeldThanThereIs() {
        FdBudget budget = new FdBudget(49, Runnable::run);
        budget.hold(3);
        assertEquals(-2, budget.free());
        budget.release(3);
        assertEquals(1, budget.free());
    }

    @Test
    void everyReleaseIsToldWhenItIsDone() {
        FdBudget budget = new FdBudget(148, Runnable::run);
        List<Integer> told = new ArrayList<>();
        budget.hold(3);
        budget.release(1);
        budget.onRelease(() -> told.add(budget.free()));
        budget.hold(1);
        budget.release(2);
        budget.release(1);
        assertEquals(List.of(99, 100), told);
    }

    @Test
    void closedSocketsAreFreeAfterTheNextSelectWhenFewAreLeft() {
        List<Runnable> afterSelect = new ArrayList<>();
        FdBudget budget = new FdBudget(148, afterSelect::add);
        budget.hold(3);
        budget.release(2);
        budget.release(1);
        assertEquals(97, budget.free());
        assertEquals(100, budget.freeSoon());
        assertEquals(1, afterSelect.size(), "one task is enough for all");
        afterSelect.get(0).run();
        assertEquals(100, budget.free());
        assertEquals(100, budget.freeSoon());
    }

    @Test
    void whereThereArePlentyClosedSocketsAreFreeAtOnce() {
        FdBudget budget = new FdBudget(100_000, task -> {
            throw new AssertionError("no select is needed");
        });
        budget.hold(1);
        budget.release(1);
        assertEquals(budget.total(), budget.free());
    }
}
