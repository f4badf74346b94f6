package dev.lander.admin;

import dev.lander.reactor.Reactor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Something that only the loop's thread knows. All threads that ask before it gets to answer share the answer, so at
 * most one question waits in the loop; and after an answer it rests for {@link #REST} times as long as the answer took,
 * up to {@link #LONGEST_REST}, so that the loop spends little of its time on it, however many ask. An answer may take
 * the loop several turns.
 */
final class LoopQuestion<T> {
    /** A loop that has not answered for this long is stuck. */
    static final Duration LIMIT = Duration.ofSeconds(1);

    private static final int REST = 50;
    private static final Duration LONGEST_REST = Duration.ofMillis(250);

    private final Reactor reactor;
    private final Consumer<CompletableFuture<T>> knowledge;
    private final InstantSource time;

    /** The answer that all threads that ask now will share; null when none has asked since the last one. */
    private final AtomicReference<CompletableFuture<T>> next = new AtomicReference<>();

    /** Done when nothing is being answered, and {@link #restUntil} is known. */
    private volatile CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    /** The loop is left alone until then. */
    private volatile Instant restUntil;

    /**
     * A question to this loop.
     *
     * @param knowledge called on the loop's thread; must be quick and its answer immutable
     */
    LoopQuestion(Reactor reactor, Supplier<T> knowledge, InstantSource time) {
        this(reactor, time, answer -> answer.complete(knowledge.get()));
    }

    /**
     * A question whose answer may take several turns.
     *
     * @param knowledge called on the loop's thread, on which it answers, now or later; must be quick and its answer
     *     immutable
     */
    LoopQuestion(Reactor reactor, InstantSource time, Consumer<CompletableFuture<T>> knowledge) {
        this.reactor = reactor;
        this.knowledge = knowledge;
        this.time = time;
        this.restUntil = time.instant();
    }

    /**
     * What is true at some moment after this call, or each part of it at some; empty when the loop does not answer
     * within {@link #LIMIT}.
     */
    Optional<T> ask() {
        CompletableFuture<T> mine = new CompletableFuture<>();
        CompletableFuture<T> asked = next.compareAndExchange(null, mine);
        if (asked == null) {
            asked = mine;
            CompletableFuture<?> unused = last.whenComplete((answer, defect) -> begin());
        }
        return LoopAnswer.await(asked, LIMIT);
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
        Instant began = time.instant();
        CompletableFuture<T> asked = Objects.requireNonNull(next.get());
        CompletableFuture<T> answer = new CompletableFuture<>();
        last = answer.whenComplete((known, defect) -> {
            restSince(began);
            if (defect == null) {
                asked.complete(known);
            } else {
                asked.completeExceptionally(defect);
            }
        });
        next.set(null); // whoever asks from now on waits for the last, and asks for the next
        try {
            knowledge.accept(answer);
        } catch (RuntimeException defect) {
            answer.completeExceptionally(defect);
            throw defect;
        }
    }

    private void restSince(Instant began) {
        Instant ended = time.instant();
        restUntil = ended.plus(atMostLongest(Duration.between(began, ended).multipliedBy(REST)));
    }

    private static Duration atMostLongest(Duration rest) {
        return rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
    }
}
