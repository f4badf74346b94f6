package dev.lander.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import dev.lander.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LosingAppenderTest {
    private static final int QUEUE_SIZE = 100;

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("test");
    private final Reader reader = new Reader();
    private final LosingAppender<ILoggingEvent> appender = new LosingAppender<>(this::newsOf);

    @BeforeEach
    void start() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        reader.setContext(context);
        reader.start();
        appender.setContext(context);
        appender.setQueueSize(QUEUE_SIZE);
        appender.addAppender(reader);
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void stop() {
        reader.goOn.countDown();
        context.stop();
    }

    @Test
    void linesThatAreReadAreAllWritten() {
        reader.goOn.countDown();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String line = "info line " + i;
            expected.add("INFO " + line);
            logger.info("info line {}", i);
            Await.until("it is written", () -> reader.lines.contains("INFO " + line));
        }
        assertEquals(expected, reader.lines);
    }

    @Test
    void whenNobodyReadsLinesAreLostAndCountedAndToldOnceThereIsRoom() {
        logger.info("first");
        Await.until("the reader is stuck with the first line", () -> reader.begun.getCount() == 0);
        for (int i = 0; i < 1_000; i++) {
            logger.info("line {}", i); // returns, though nobody reads
        }
        reader.goOn.countDown();
        Await.until("the queue is empty", () -> appender.getRemainingCapacity() == QUEUE_SIZE);
        logger.info("last");
        Await.until("the last line is written", () -> reader.lines.contains("INFO last"));
        int kept = QUEUE_SIZE - 1; // one place was kept free for the news
        List<String> expected = new ArrayList<>(List.of("INFO first"));
        for (int i = 0; i < kept; i++) {
            expected.add("INFO line " + i);
        }
        expected.add("WARN lost " + (1_000 - kept));
        expected.add("INFO last");
        assertEquals(expected, reader.lines);
    }

    @Test
    void lostLinesAreToldOnce() {
        whenNobodyReadsLinesAreLostAndCountedAndToldOnceThereIsRoom();
        int before = reader.lines.size();
        logger.info("another");
        Await.until("it is written", () -> reader.lines.contains("INFO another"));
        assertEquals(before + 1, reader.lines.size());
    }

    @Test
    void noLevelIsLostBeforeAnother() {
        logger.info("first");
        Await.until("the reader is stuck with the first line", () -> reader.begun.getCount() == 0);
        for (int i = 0; i < QUEUE_SIZE - 1; i++) {
            logger.debug("line {}", i);
        }
        logger.error("one too many");
        reader.goOn.countDown();
        Await.until("the queue was written", () -> reader.lines.size() == QUEUE_SIZE);
        assertTrue(reader.lines.contains("DEBUG line " + (QUEUE_SIZE - 2)), reader.lines::toString);
    }

    private ILoggingEvent newsOf(long lost) {
        return new LoggingEvent("test", logger, Level.WARN, "lost " + lost, null, null);
    }

    /** Somebody who does not read the log until it is told to go on. */
    private static final class Reader extends AppenderBase<ILoggingEvent> {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
            lines.add(event.getLevel() + " " + event.getFormattedMessage());
        }
    }
}
