package dev.lander.log;

import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Writes the access log's lines, on the queue's thread. A line that can't be written is lost and counted; the next one
 * is tried anew, and says how many are missing before it.
 *
 * <p>The base is the unsynchronized one: the other's lock is held while a write hangs, and {@link #reopen} is what ends
 * such a write.
 */
final class LineWriter extends UnsynchronizedAppenderBase<AccessLogLine> {
    private final Path file;
    private final AccessLogLine.Encoder encoder;
    private final LostLines lostLines;

    /** Another thread may open it anew. */
    private volatile OutputStream output;

    /** Lines that were lost since the last one that was written. */
    private long missing;

    /**
     * Opens the file.
     *
     * @throws IOException when it can't be written; the message is for users
     */
    LineWriter(Path file, AccessLogLine.Encoder encoder, LostLines lostLines) throws IOException {
        this.file = file;
        this.encoder = encoder;
        this.lostLines = lostLines;
        this.output = LineOutput.open(file);
    }

    /**
     * Opens the file anew. From any thread; a write that hangs in the old one ends with a fault.
     *
     * @throws IOException when it can't be written; then the old one stays open
     */
    synchronized void reopen() throws IOException {
        OutputStream old = output;
        output = LineOutput.open(file);
        old.close();
    }

    @Override
    protected void append(AccessLogLine line) {
        OutputStream target = output;
        try {
            write(target, line);
        } catch (IOException refused) {
            if (target == output || !isWritten(line)) {
                missing++;
                lostLines.onWriteFailed(String.valueOf(refused.getMessage()));
            }
        }
    }

    /** The old file was closed at this very moment: once more, in the new one. */
    private boolean isWritten(AccessLogLine line) {
        try {
            write(output, line);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private void write(OutputStream target, AccessLogLine line) throws IOException {
        if (missing > 0) {
            target.write('\n'); // the last line may have been written in part
            target.write(encoder.encode(new AccessLogLine(line.time(), null, missing)));
            missing = 0;
        }
        target.write(encoder.encode(line));
    }
}
