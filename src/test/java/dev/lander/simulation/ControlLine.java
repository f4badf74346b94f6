package dev.lander.simulation;

import dev.lander.control.wire.FrameDecoder;
import dev.lander.control.wire.Framing;
import dev.lander.simulation.network.SimulatedSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** A control connection of a simulated component: what it says, in any cut, and what it is told. */
final class ControlLine {
    private final Actor owner;
    private final Framing framing;
    private final Consumer<Map<Value, Value>> onMessage;
    private final FrameDecoder decoder = new FrameDecoder();
    private final ArrayDeque<ByteBuffer> outbox = new ArrayDeque<>();
    private @Nullable SimulatedSocketChannel channel;
    private boolean connected;

    ControlLine(Actor owner, Framing framing, Consumer<Map<Value, Value>> onMessage) {
        this.owner = owner;
        this.framing = framing;
        this.onMessage = onMessage;
    }

    void connect(InetSocketAddress control) throws IOException {
        SimulatedSocketChannel opened = (SimulatedSocketChannel) owner.sockets.openSocketChannel();
        channel = opened;
        opened.watch(owner::wake);
        connected = opened.connect(control);
    }

    boolean isOpen() {
        return channel != null;
    }

    /** Says a message of these fields: names and values in turns. */
    void say(Object... fields) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(fields.length / 2);
            for (Object one : fields) {
                if (one instanceof Integer number) {
                    packer.packInt(number);
                } else {
                    packer.packString(one.toString());
                }
            }
            outbox.add(framing.frame(ByteBuffer.wrap(packer.toByteArray())));
        }
        owner.wake();
    }

    /** Reads and writes what there is; false when the line has ended. */
    boolean proceed() throws IOException {
        SimulatedSocketChannel open = channel;
        if (open == null) {
            return false;
        }
        try {
            if (!connected && !open.finishConnect()) {
                return true;
            }
            connected = true;
            write(open);
            return read(open);
        } catch (IOException gone) {
            close();
            return false;
        }
    }

    void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
        outbox.clear();
    }

    private void write(SimulatedSocketChannel open) throws IOException {
        ByteBuffer first = outbox.peek();
        if (first == null) {
            return;
        }
        int piece = owner.random.nextInt(3) == 0 ? owner.random.nextInt(first.remaining()) + 1 : first.remaining();
        ByteBuffer cut = first.slice(first.position(), piece);
        first.position(first.position() + open.write(cut));
        if (!first.hasRemaining()) {
            outbox.remove();
        }
        owner.wake();
    }

    private boolean read(SimulatedSocketChannel open) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4_096);
        while (true) {
            int count = open.read(buffer.clear());
            if (count < 0) {
                close();
                return false;
            }
            if (count == 0) {
                return true;
            }
            decoder.feed(buffer.flip());
            while (decoder.next() == FrameDecoder.Next.MESSAGE) {
                ByteBuffer message = decoder.message();
                onMessage.accept(MessagePack.newDefaultUnpacker(message)
                        .unpackValue()
                        .asMapValue()
                        .map());
            }
        }
    }

    static int number(Map<Value, Value> message, String field) {
        Value value = message.get(ValueFactory.newString(field));
        return value == null ? -1 : value.asIntegerValue().asInt();
    }

    static String text(Map<Value, Value> message, String field) {
        Value value = message.get(ValueFactory.newString(field));
        return value == null ? "" : value.asStringValue().asString();
    }
}
