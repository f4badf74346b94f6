package dev.lander.log;

import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.lander.relay.AccessLog;
import dev.lander.relay.FinishedRelay;
import dev.lander.text.AddressText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log: one line for each finished TCP relay and UDP flow, written by a thread of its own. When the disk, or
 * the reader of standard output, is too slow, lines are lost and counted, and the loop goes on.
 */
public final class AccessLogFile implements AccessLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLogFile.class);

    /** As the name of the file: standard output. */
    private static final Path STANDARD_OUTPUT = Path.of("-");

    /** Lines that may wait to be written. */
    private static final int QUEUE_SIZE = 16_384;

    /** How long the end waits for lines to be written. */
    private static final int FLUSH_MS = 1_000;

    /** One line: of a finished relay, or, when that is null, of the number of lines that were lost. */
    private record Line(Instant time, @Nullable FinishedRelay relay, long lost) {}

    private final Path file;
    private final Clock clock;
    private final OutputStreamAppender<Line> output;
    private final LosingAppender<Line> queue;

    /**
     * Opens the file, behind what it holds.
     *
     * @param file {@code -} is standard output
     * @param clock for the lines' time
     * @throws IOException when it can't be written; the message is for users
     */
    public AccessLogFile(Path file, Clock clock) throws IOException {
        this.file = file;
        this.clock = clock;
        this.output = file.equals(STANDARD_OUTPUT) ? standardOutput() : fileOutput(file);
        output.setContext(LogConfigurator.context());
        output.setEncoder(new LineEncoder(clock.getZone()));
        output.start();
        this.queue = new LosingAppender<>(lost -> new Line(clock.instant(), null, lost));
        queue.setContext(LogConfigurator.context());
        queue.setQueueSize(QUEUE_SIZE);
        queue.setMaxFlushTime(FLUSH_MS);
        queue.addAppender(output);
        queue.start();
    }

    @Override
    public void finished(FinishedRelay relay) {
        queue.doAppend(new Line(clock.instant(), relay, 0));
    }

    /**
     * Opens the file anew, as when it was moved away. From any thread.
     *
     * @throws IOException when it can't be opened; then it stays as it is
     */
    public void reopen() throws IOException {
        if (!(output instanceof FileAppender<Line> opened)) {
            return;
        }
        checkWritable(file);
        opened.openFile(opened.getFile());
        LOG.info("reopened access_log={}", file);
    }

    /** Writes what waits to be written. */
    @Override
    public void close() {
        queue.stop();
    }

    private static OutputStreamAppender<Line> standardOutput() {
        ConsoleAppender<Line> appender = new ConsoleAppender<>();
        appender.setTarget("System.out");
        return appender;
    }

    private static OutputStreamAppender<Line> fileOutput(Path file) throws IOException {
        checkWritable(file);
        FileAppender<Line> appender = new FileAppender<>();
        appender.setFile(file.toString());
        return appender;
    }

    /** The library would only note in its own books that it can't write. */
    private static void checkWritable(Path file) throws IOException {
        try {
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    .close();
        } catch (IOException refused) {
            throw new IOException("--access-log " + file + ": " + reason(refused), refused);
        }
    }

    private static String reason(IOException refused) {
        if (refused instanceof NoSuchFileException) {
            return "no such directory";
        }
        return refused instanceof AccessDeniedException ? "permission denied" : String.valueOf(refused.getMessage());
    }

    /** Lines in {@code key=value} form; see {@code docs/operations.md}. */
    private static final class LineEncoder extends EncoderBase<Line> {
        private static final double NS_PER_MS = 1e6;

        private final DateTimeFormatter time;

        LineEncoder(ZoneId zone) {
            this.time = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
                    .withLocale(Locale.ROOT)
                    .withZone(zone);
        }

        @Override
        public byte[] headerBytes() {
            return new byte[0];
        }

        @Override
        public byte[] footerBytes() {
            return new byte[0];
        }

        @Override
        public byte[] encode(Line line) {
            StringBuilder text = new StringBuilder(200);
            time.formatTo(line.time, text);
            if (line.relay == null) {
                text.append(" access_log_lines_lost count=").append(line.lost);
            } else {
                append(text, line.relay);
            }
            return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        }

        private static void append(StringBuilder text, FinishedRelay relay) {
            text.append(" service=").append(relay.service());
            text.append(" client=").append(AddressText.of(relay.client()));
            text.append(" component=");
            text.append(relay.component() == null ? "-" : relay.component());
            appendMs(text.append(" connect_ms="), relay.connectNs());
            appendMs(text.append(" duration_ms="), relay.durationNs());
            text.append(" bytes_in=").append(relay.bytesIn());
            text.append(" bytes_out=").append(relay.bytesOut());
            text.append(" end=").append(relay.end().word());
        }

        private static void appendMs(StringBuilder text, long ns) {
            text.append(String.format(Locale.ROOT, "%.3f", ns / NS_PER_MS));
        }
    }
}
