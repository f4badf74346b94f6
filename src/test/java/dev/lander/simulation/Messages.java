package dev.lander.simulation;

import dev.lander.control.wire.Framing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageInsufficientBufferException;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;

/** What Lander says over a connection, message by message, however it is cut. */
final class Messages {
    private static final int LENGTH_BYTES = 4;

    private final Framing framing;
    private ByteBuffer bytes = ByteBuffer.allocate(1_024).flip();

    Messages(Framing framing) {
        this.framing = framing;
    }

    void feed(ByteBuffer more) {
        if (bytes.capacity() - bytes.limit() < more.remaining()) {
            ByteBuffer larger = ByteBuffer.allocate(2 * (bytes.remaining() + more.remaining()));
            bytes = larger.put(bytes).flip();
        }
        int end = bytes.limit() + more.remaining();
        bytes.duplicate().limit(end).position(bytes.limit()).put(more);
        bytes.limit(end);
    }

    /** The next whole message; null = there is none yet. */
    @Nullable
    Map<Value, Value> next() throws IOException {
        int head = framing == Framing.LENGTH_PREFIXED ? LENGTH_BYTES : 0;
        if (bytes.remaining() <= head) {
            return null;
        }
        if (head > 0 && bytes.remaining() < head + Integer.reverseBytes(bytes.getInt(bytes.position()))) {
            return null;
        }
        try (MessageUnpacker unpacker =
                MessagePack.newDefaultUnpacker(bytes.slice().position(head))) {
            Map<Value, Value> message = unpacker.unpackValue().asMapValue().map();
            bytes.position(bytes.position() + head + (int) unpacker.getTotalReadBytes());
            return message;
        } catch (MessageInsufficientBufferException more) {
            return null;
        }
    }
}
