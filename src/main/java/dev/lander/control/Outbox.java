package dev.lander.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/**
 * Messages on their way to a control peer. Each is written by itself: the original's clients hang on two in one read. A
 * peer may leave {@link #MAX_UNREAD} bytes unread; a status reply does not count.
 */
final class Outbox {
    private static final int MAX_UNREAD = 1024 * 1024;

    /** A message with whether it counts against the limit. */
    private record Message(ByteBuffer bytes, boolean counts) {}

    private final SocketChannel channel;
    private final ArrayDeque<Message> messages = new ArrayDeque<>();

    /** Bytes that count and are not yet written. */
    private int unread;

    /** Messages that do not count. */
    private int uncounted;

    Outbox(SocketChannel channel) {
        this.channel = channel;
    }

    void add(ByteBuffer message) {
        messages.add(new Message(message, true));
        unread += message.remaining();
    }

    void addUncounted(ByteBuffer message) {
        messages.add(new Message(message, false));
        uncounted++;
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** Whether the peer leaves more unread than it may. */
    boolean isOverfull() {
        return unread > MAX_UNREAD;
    }

    /** Whether a message waits that is not bounded by the limit: no more such should be added. */
    boolean hasUncounted() {
        return uncounted > 0;
    }

    /** Writes what the connection takes. */
    void flush() throws IOException {
        for (Message first = messages.peek(); first != null; first = messages.peek()) {
            int written = channel.write(first.bytes);
            if (first.counts) {
                unread -= written;
            }
            if (first.bytes.hasRemaining()) {
                return;
            }
            if (!first.counts) {
                uncounted--;
            }
            messages.remove();
        }
    }
}
