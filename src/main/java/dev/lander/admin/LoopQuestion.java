package dev.lander.admin;

import dev.lander.reactor.Reactor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Something that only the loop's thread knows. All threads that ask before it gets to answer share the answer, so at
 * most one question waits in the loop; and after an answer it rests for {@link #REST} times as long as the answer took,
 * up to {@link #LONGEST_REST}, so that the loop spends little of its time on it, however many ask.
 */
final class LoopQuestion<T> {
    /** A loop that has not answered for this long is stuck. */
    static final Duration LIMIT = Duration.ofSeconds(1);

    private static final int REST = 50;
    private static final Duration LONGEST_REST = Duration.ofMillis(250);

    private final Reactor reactor;
    private final Supplier<T> knowledge;
    private final InstantSource time;

    /** The answer that all threads that ask now will share; null when none has asked since the last one. */
    private final AtomicReference<CompletableFuture<T>> next = new AtomicReference<>();

    /** The loop is left alone until then. */
    private volatile Instant restUntil;

    /**
     * A question to this loop.
     *
     * @param knowledge called on the loop's thread; must be quick and its answer immutable
     */
    LoopQuestion(Reactor reactor, Supplier<T> knowledge, InstantSource time) {
        this.reactor = reactor;
        this.knowledge = knowledge;
        this.time = time;
        this.restUntil = time.instant();
    }

    /** What is true at some moment after this call; empty when the loop does not answer within {@link #LIMIT}. */
    Optional<T> ask() {
        CompletableFuture<T> mine = new CompletableFuture<>();
        CompletableFuture<T> asked = next.compareAndExchange(null, mine);
        if (asked == null) {
            asked = mine;
            begin();
        }
        try {
            return Optional.of(asked.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException unanswered) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void begin() {
        Duration rest = atMostLongest(Duration.between(time.instant(), restUntil)); // clocks are put back
        if (rest.isNegative() || rest.isZero()) {
            reactor.execute(this::answer);
        } else {
            CompletableFuture.delayedExecutor(rest.toNanos(), TimeUnit.NANOSECONDS, reactor::execute)
                    .execute(this::answer);
        }
    }

    /** On the loop's thread. */
    private void answer() {
        CompletableFuture<T> asked = next.getAndSet(null);
        Instant began = time.instant();
        try {
            asked.complete(knowledge.get());
        } finally {
            asked.completeExceptionally(new IllegalStateException("no answer")); // unless it has one
            Instant ended = time.instant();
            restUntil = ended.plus(atMostLongest(Duration.between(began, ended).multipliedBy(REST)));
        }
    }

    private static Duration atMostLongest(Duration rest) {
        return rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
    }
}
