package dev.lander.admin;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what the loop answers. */
final class LoopAnswer {
    /** One after the other: a pause of the whole process, as by SIGSTOP, in which no loop turns, uses up but one. */
    private static final int WAITS = 10;

    private LoopAnswer() {}

    /** From any thread but the loop's; empty when the loop has a defect, or does not answer within the limit. */
    static <T> Optional<T> await(CompletableFuture<T> answer, Duration limit) {
        for (int i = 0; i < WAITS; i++) {
            try {
                return Optional.of(answer.get(limit.toMillis() / WAITS, TimeUnit.MILLISECONDS));
            } catch (TimeoutException notYet) {
                // the next wait, then
            } catch (ExecutionException defect) {
                return Optional.empty();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
