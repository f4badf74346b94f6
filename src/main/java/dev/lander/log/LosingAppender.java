package dev.lander.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AsyncAppenderBase;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * An asynchronous appender that never blocks: when nobody reads the log it loses lines, counts them and says so later.
 *
 * @param <E> what is logged
 */
final class LosingAppender<E> extends AsyncAppenderBase<E> {
    private final LongFunction<E> newsOf;
    private final Runnable onLost;
    private final AtomicLong lost = new AtomicLong();

    /**
     * Writes to the appender that is added to it.
     *
     * @param newsOf makes the line that tells how many were lost
     */
    LosingAppender(LongFunction<E> newsOf) {
        this(newsOf, () -> {});
    }

    /**
     * Like {@link #LosingAppender(LongFunction)}.
     *
     * @param onLost runs, on the thread that logs, for each that is lost
     */
    LosingAppender(LongFunction<E> newsOf, Runnable onLost) {
        this.newsOf = newsOf;
        this.onLost = onLost;
        setNeverBlock(true);
        setDiscardingThreshold(0); // below it, lines of lower levels would go missing uncounted
    }

    @Override
    protected void preprocess(E event) {
        if (event instanceof ILoggingEvent line) {
            line.prepareForDeferredProcessing(); // its arguments may change
        }
    }

    @Override
    protected void append(E event) {
        // Two places must be free: one for the line, one for the news of lost ones.
        if (getRemainingCapacity() < 2) {
            lost.incrementAndGet();
            onLost.run();
            return;
        }
        long count = lost.getAndSet(0);
        if (count > 0) {
            super.append(newsOf.apply(count));
        }
        super.append(event);
    }
}
