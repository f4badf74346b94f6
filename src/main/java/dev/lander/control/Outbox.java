package dev.lander.control;

import dev.lander.control.stream.ControlStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Messages on their way to a control peer. Each is written by itself: the original's clients hang on two in one read. A
 * peer may leave {@link #MAX_UNREAD} bytes unread; a status reply does not count.
 */
final class Outbox {
    private static final int MAX_UNREAD = 1024 * 1024;

    /** About what a message takes besides its bytes. */
    private static final int OVERHEAD = 128;

    /** A message with whether it counts against the limit. */
    private record Message(ByteBuffer bytes, boolean counts) {}

    private final ControlStream stream;
    private final ArrayDeque<Message> messages = new ArrayDeque<>();

    /** Bytes that count and are not yet written. */
    private int unread;

    /** Bytes that do not count and are not yet written. */
    private long uncountedBytes;

    /** Messages that do not count. */
    private int uncounted;

    Outbox(ControlStream stream) {
        this.stream = stream;
    }

    void add(ByteBuffer message) {
        messages.add(new Message(message, true));
        unread += message.remaining();
    }

    void addUncounted(ByteBuffer message) {
        messages.add(new Message(message, false));
        uncounted++;
        uncountedBytes += message.remaining();
    }

    boolean isEmpty() {
        return messages.isEmpty() && stream.isFlushed();
    }

    /** Whether the peer leaves more unread than it may. */
    boolean isOverfull() {
        return unread > MAX_UNREAD;
    }

    /** Whether a message waits that is not bounded by the limit: no more such should be added. */
    boolean hasUncounted() {
        return uncounted > 0;
    }

    /** Memory held for messages, about. */
    long heldBytes() {
        return unread + uncountedBytes + (long) OVERHEAD * messages.size();
    }

    /** Writes what the connection takes. */
    void flush() throws IOException {
        while (stream.flush() && !messages.isEmpty()) {
            if (!writeFirst()) {
                return;
            }
        }
    }

    /** Writes the first message, or as much of it as the connection takes; true when that was all of it. */
    private boolean writeFirst() throws IOException {
        Message first = messages.element();
        int before = first.bytes.remaining();
        stream.write(first.bytes);
        int left = first.bytes.remaining();
        if (first.counts) {
            unread -= before - left;
        } else {
            uncountedBytes -= before - left;
        }
        if (left > 0) {
            return false;
        }
        if (!first.counts) {
            uncounted--;
        }
        messages.remove();
        return true;
    }
}
