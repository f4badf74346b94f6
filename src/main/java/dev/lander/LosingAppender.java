package dev.lander;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An asynchronous appender that never blocks: when nobody reads the log it loses lines, counts them and says so later.
 */
final class LosingAppender extends AsyncAppender {
    private final AtomicLong lost = new AtomicLong();

    LosingAppender() {
        setNeverBlock(true);
        setDiscardingThreshold(0); // below it, lines of lower levels would go missing uncounted
    }

    @Override
    protected void append(ILoggingEvent event) {
        // Two places must be free: one for the line, one for the news of lost ones.
        if (getRemainingCapacity() < 2) {
            lost.incrementAndGet();
            return;
        }
        long count = lost.getAndSet(0);
        if (count > 0) {
            super.append(newsOf(count));
        }
        super.append(event);
    }

    private ILoggingEvent newsOf(long count) {
        Logger logger = ((LoggerContext) getContext()).getLogger(LosingAppender.class);
        String news = "log_lines_lost count=" + count;
        return new LoggingEvent(LosingAppender.class.getName(), logger, Level.WARN, news, null, null);
    }
}
