package dev.lander.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HealthTest {
    private static final int MISSES = 3;

    private final Health health = new Health();

    @Test
    void whatIsNewIsGood() {
        assertEquals(State.GOOD, health.state());
        assertTrue(health.mayServe());
        assertFalse(health.everAnswered());
        assertFalse(health.hasFailed());
    }

    @Test
    void aReportOtherThanGoodMakesItBadUntilItReportsGood() {
        health.reported(false);
        assertEquals(State.BAD, health.state());
        assertFalse(health.mayServe());
        health.onReached();
        health.checkDue(MISSES);
        assertEquals(State.BAD, health.state());
        health.reported(false);
        assertEquals(State.BAD, health.state());
        health.reported(true);
        assertEquals(State.GOOD, health.state());
        assertTrue(health.mayServe());
    }

    @Test
    void threeFailedTriesInARowMakeItUnreachableUntilOneSucceeds() {
        health.onConnectFailed();
        health.onConnectFailed();
        assertEquals(State.GOOD, health.state());
        assertTrue(health.hasFailed());
        health.onConnectFailed();
        assertEquals(State.UNREACHABLE, health.state());
        assertTrue(health.isUnreachable());
        assertTrue(health.mayServe());
        health.onConnectFailed();
        health.reported(true);
        assertEquals(State.UNREACHABLE, health.state());
        health.onReached();
        assertEquals(State.GOOD, health.state());
        assertFalse(health.hasFailed());
    }

    @Test
    void aTryThatSucceedsBreaksTheRowOfFailures() {
        failTries(2);
        health.onReached();
        failTries(2);
        assertEquals(State.GOOD, health.state());
        failTries(1);
        assertEquals(State.UNREACHABLE, health.state());
    }

    @Test
    void afterASuccessItTakesThreeFailuresAgain() {
        failTries(5);
        health.onReached();
        failTries(2);
        assertEquals(State.GOOD, health.state());
    }

    @Test
    void oneThatHasAnsweredIsSilentOnceItHasMissedSoManyChecks() {
        health.checkDue(MISSES);
        health.reported(true);
        for (int unanswered = 1; unanswered <= MISSES; unanswered++) {
            health.checkDue(MISSES);
            assertEquals(State.GOOD, health.state(), "the last of " + unanswered + " may still be answered");
        }
        health.checkDue(MISSES);
        assertEquals(State.SILENT, health.state());
        assertTrue(health.mayServe());
        health.onReached();
        assertEquals(State.SILENT, health.state());
        health.reported(true);
        assertEquals(State.GOOD, health.state());
    }

    @Test
    void oneMissIsEnoughWhenThatIsAsked() {
        health.reported(true);
        health.checkDue(1);
        assertEquals(State.GOOD, health.state());
        health.checkDue(1);
        assertEquals(State.SILENT, health.state());
    }

    @Test
    void oneThatHasNeverAnsweredIsNeverSilent() {
        for (int check = 0; check < 100; check++) {
            health.checkDue(MISSES);
            assertEquals(State.GOOD, health.state());
            assertFalse(health.owesAnswers(1));
        }
    }

    @Test
    void anAnswerAnswersAllChecksBeforeIt() {
        for (int check = 0; check < 50; check++) {
            health.checkDue(MISSES);
        }
        health.reported(true);
        assertTrue(health.everAnswered());
        check(MISSES);
        assertEquals(State.GOOD, health.state());
        health.reported(false);
        assertEquals(State.BAD, health.state());
        health.reported(true);
        check(MISSES);
        assertEquals(State.GOOD, health.state());
        check(1);
        assertEquals(State.SILENT, health.state());
    }

    @Test
    void anAnswerThatIsNotGoodLiftsSilence() {
        health.reported(true);
        check(MISSES + 1);
        health.reported(false);
        assertEquals(State.BAD, health.state());
        health.reported(true);
        assertEquals(State.GOOD, health.state());
    }

    @Test
    void answersOwedAreCountedPastSilence() {
        health.reported(true);
        check(2 * MISSES - 1);
        assertEquals(State.SILENT, health.state());
        assertTrue(health.owesAnswers(2 * MISSES - 1));
        assertFalse(health.owesAnswers(2 * MISSES));
        check(1);
        assertTrue(health.owesAnswers(2 * MISSES));
        health.reported(false);
        assertFalse(health.owesAnswers(1));
    }

    @Test
    void drainingIsForGood() {
        health.drain();
        assertEquals(State.DRAINING, health.state());
        assertTrue(health.isDraining());
        assertFalse(health.mayServe());
        health.reported(true);
        health.onReached();
        health.checkDue(MISSES);
        assertEquals(State.DRAINING, health.state());
    }

    @Test
    void theStateIsTheFirstOfTheMarksAndEachIsLiftedByItself() {
        health.reported(true);
        check(MISSES + 1);
        assertEquals(State.SILENT, health.state());
        failTries(3);
        assertEquals(State.UNREACHABLE, health.state());
        health.drain();
        assertEquals(State.DRAINING, health.state());
        assertTrue(health.isUnreachable());

        Health other = new Health();
        other.reported(false);
        for (int i = 0; i < MISSES + 1; i++) {
            other.checkDue(MISSES);
            other.onConnectFailed();
        }
        assertEquals(State.BAD, other.state());
        other.reported(true);
        assertEquals(State.UNREACHABLE, other.state(), "the answer has lifted bad and silent");
        other.onReached();
        assertEquals(State.GOOD, other.state());
        other.reported(false);
        other.drain();
        assertEquals(State.DRAINING, other.state());
    }

    @Test
    void reachingItDoesNotLiftSilence() {
        health.reported(true);
        check(MISSES + 1);
        failTries(3);
        health.onReached();
        assertEquals(State.SILENT, health.state());
    }

    @Test
    void clearedItIsAsNew() {
        health.reported(false);
        check(MISSES);
        failTries(2);
        health.drain();
        health.clear();
        assertEquals(State.GOOD, health.state());
        assertFalse(health.everAnswered());
        assertFalse(health.hasFailed());
        failTries(2);
        check(100);
        assertEquals(State.GOOD, health.state());
        health.reported(true);
        check(MISSES + 1);
        failTries(1);
        health.clear();
        assertEquals(State.GOOD, health.state());
        health.reported(true);
        assertFalse(health.owesAnswers(1));
    }

    private void check(int times) {
        for (int i = 0; i < times; i++) {
            health.checkDue(MISSES);
        }
    }

    private void failTries(int times) {
        for (int i = 0; i < times; i++) {
            health.onConnectFailed();
        }
    }
}
