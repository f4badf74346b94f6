package dev.lander.log;

import dev.lander.relay.AccessLog;
import dev.lander.relay.FinishedRelay;
import dev.lander.text.ShownText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log: one line for each finished TCP relay and UDP flow, written by a thread of its own. When the disk, or
 * the reader of standard output or a pipe, is too slow or fails, lines are lost and counted, and the loop goes on.
 */
public final class AccessLogFile implements AccessLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLogFile.class);

    /** Lines that may wait to be written. */
    private static final int QUEUE_SIZE = 16_384;

    /** How long the end waits for lines to be written. */
    private static final int FLUSH_MS = 1_000;

    private final Path file;
    private final Clock clock;
    private final LineWriter writer;
    private final LosingAppender<AccessLogLine> queue;

    /**
     * Opens the file, behind what it holds.
     *
     * @param file {@code -} is standard output
     * @param clock for the lines' time
     * @param lostLines hears of what can't be written
     * @throws IOException when it can't be written; the message is for users
     */
    public AccessLogFile(Path file, Clock clock, LostLines lostLines) throws IOException {
        this.file = file;
        this.clock = clock;
        this.writer = new LineWriter(file, new AccessLogLine.Encoder(clock.getZone()), lostLines);
        writer.setContext(LogConfigurator.context());
        writer.start();
        this.queue =
                new LosingAppender<>(lost -> new AccessLogLine(clock.instant(), null, lost), lostLines::onQueueFull);
        queue.setContext(LogConfigurator.context());
        queue.setQueueSize(QUEUE_SIZE);
        queue.setMaxFlushTime(FLUSH_MS);
        queue.addAppender(writer);
        queue.start();
    }

    @Override
    public void finished(FinishedRelay relay) {
        queue.doAppend(new AccessLogLine(clock.instant(), relay, 0));
    }

    /**
     * Opens the file anew, as when it was moved away. From any thread.
     *
     * @throws IOException when it can't be opened; then it stays as it is
     */
    public void reopen() throws IOException {
        if (LineOutput.isStandardOutput(file)) {
            return;
        }
        writer.reopen();
        LOG.info("reopened access_log={}", ShownText.value(file.toString()));
    }

    /** Writes what waits to be written. */
    @Override
    public void close() {
        queue.stop();
    }
}
