package dev.lander.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.time.ZoneId;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * The log: to standard error, by a thread of its own, so that a reader who stops reading never holds up the loop. Found
 * by logback as a service; in code, since parsing a file would double the time to start.
 */
public final class LogConfigurator extends ContextAwareBase implements Configurator {
    /**
     * JGroups, and what extends it, speaks to who develops it; what users can act on, the cluster room says itself.
     * Heard from debug on.
     */
    private static final List<String> GROUPS =
            List.of("org.jgroups", "dev.lander.cluster.members.Transport", "dev.lander.cluster.members.Heartbeats");

    /** Lines that may wait to be written. */
    private static final int QUEUE_SIZE = 4_096;

    /** How long the end waits for lines to be written. */
    private static final int FLUSH_MS = 1_000;

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        ZoneId zone = ZoneId.systemDefault();
        LineEncoder encoder =
                StandardError.isJournal(System.getenv()) ? new JournalEncoder(zone) : new LineEncoder(zone);
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        LosingAppender<ILoggingEvent> losing = new LosingAppender<>(lost -> newsOf(context, lost));
        losing.setContext(context);
        losing.setQueueSize(QUEUE_SIZE);
        losing.setMaxFlushTime(FLUSH_MS);
        losing.addAppender(console);
        losing.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        GROUPS.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        root.addAppender(losing);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Logs from this level on. */
    public static void setLevel(org.slf4j.event.Level level) {
        Level from = Level.convertAnSLF4JLevel(level);
        context().getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(from);
        Level ofGroups = from.isGreaterOrEqual(Level.INFO) ? Level.OFF : from;
        GROUPS.forEach(name -> context().getLogger(name).setLevel(ofGroups));
    }

    /** Writes what waits to be written, and logs no more. */
    public static void stop() {
        context().stop();
    }

    private static ILoggingEvent newsOf(LoggerContext context, long lost) {
        Logger logger = context.getLogger(LosingAppender.class);
        String news = "log_lines_lost count=" + lost;
        return new LoggingEvent(LosingAppender.class.getName(), logger, Level.WARN, news, null, null);
    }

    /** What all logs share. */
    static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
