package dev.lander.simulation;

import dev.lander.control.wire.Framing;
import dev.lander.simulation.network.SimulatedProvider;
import dev.lander.simulation.network.SimulatedSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** A control connection of a simulated peer: what it says, in any cut, and what it is told. */
final class ControlLine {
    /** Hears what Lander says. */
    interface Listener {
        /** Lander has answered the command. */
        void onReply(Said command, int error, Map<Value, Value> reply);

        /** Lander has said something of its own. */
        void onPush(Map<Value, Value> message);
    }

    private final Actor owner;
    private final SimulatedProvider sockets;
    private final Framing framing;
    private final Listener listener;
    private final Model model;
    private final Messages messages;
    private final ArrayDeque<ByteBuffer> outbox = new ArrayDeque<>();
    private Model.Line line = new Model.Line("");
    private @Nullable SimulatedSocketChannel channel;

    /** What carries its bytes, by TLS or as they are. */
    private @Nullable ByteChannel bytes;

    private boolean connected;

    ControlLine(Actor owner, Framing framing, Listener listener) {
        this(owner, owner.sockets, framing, listener);
    }

    /** From a machine that need not be its owner's. */
    ControlLine(Actor owner, SimulatedProvider sockets, Framing framing, Listener listener) {
        this.owner = owner;
        this.sockets = sockets;
        this.framing = framing;
        this.listener = listener;
        this.messages = new Messages(framing);
        this.model = owner.cast.model();
    }

    void connect(InetSocketAddress control) throws IOException {
        SimulatedSocketChannel opened = (SimulatedSocketChannel) sockets.openSocketChannel();
        opened.watch(owner::wake);
        connected = opened.connect(control);
        channel = opened;
        bytes = owner.cast.setting().secured(opened, owner.random);
        InetSocketAddress local = (InetSocketAddress) opened.getLocalAddress();
        line = new Model.Line(local == null ? "" : local.getAddress().getHostAddress());
    }

    boolean isOpen() {
        return channel != null;
    }

    /** Whether Lander has confirmed a registration that is still there. */
    boolean has(String service, String address) {
        return model.has(line, service + " " + address);
    }

    /** Whether all that was said was answered. */
    boolean isAnswered() {
        return model.isAnswered(line);
    }

    void say(Said command) {
        outbox.add(framing.frame(ByteBuffer.wrap(packed(command.fields()))));
        model.said(line, command);
        owner.wake();
    }

    /** Says it; the reply is to be one of these errors. */
    void say(Said command, Set<Integer> errors) {
        say(command);
        model.expect(line, command, errors);
    }

    /** Ends the connection, from a place where nothing can fail. */
    void hangUp() {
        owner.world.after(0, this::close);
    }

    /** Reads and writes what there is; false when the line has ended. */
    boolean proceed() throws IOException {
        SimulatedSocketChannel open = channel;
        ByteChannel carried = bytes;
        if (open == null || carried == null) {
            return false;
        }
        try {
            if (!connected && !open.finishConnect()) {
                return true;
            }
            connected = true;
            write(carried);
            return read(carried);
        } catch (IOException gone) {
            close();
            return false;
        }
    }

    void close() throws IOException {
        if (channel != null && bytes != null) {
            bytes.close();
            channel = null;
            bytes = null;
            model.ended(line);
        }
        outbox.clear();
    }

    static byte[] packed(List<Object> fields) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(fields.size() / 2);
            for (Object one : fields) {
                if (one instanceof Integer number) {
                    packer.packInt(number);
                } else if (one instanceof Boolean truth) {
                    packer.packBoolean(truth);
                } else if (one instanceof List<?> texts) {
                    packer.packArrayHeader(texts.size());
                    for (Object text : texts) {
                        packer.packString(text.toString());
                    }
                } else {
                    packer.packString(one.toString());
                }
            }
            return packer.toByteArray();
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
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

    static boolean has(Map<Value, Value> message, String field) {
        return message.containsKey(ValueFactory.newString(field));
    }

    private void write(ByteChannel open) throws IOException {
        ByteBuffer first = outbox.peek();
        if (first == null) {
            return;
        }
        int piece = owner.random.nextInt(3) == 0 ? owner.random.nextInt(first.remaining()) + 1 : first.remaining();
        ByteBuffer cut = first.slice(first.position(), piece);
        int written = open.write(cut);
        first.position(first.position() + written);
        if (!first.hasRemaining()) {
            outbox.remove();
        }
        if (written > 0) {
            owner.wake();
        }
    }

    private boolean read(ByteChannel open) throws IOException {
        ByteBuffer buffer = owner.world.scratch();
        while (true) {
            int count = open.read(buffer.clear());
            if (count < 0) {
                close();
                return false;
            }
            if (count == 0) {
                return true;
            }
            messages.feed(buffer.flip());
            for (Map<Value, Value> next = messages.next(); next != null; next = messages.next()) {
                onMessage(next);
            }
        }
    }

    private void onMessage(Map<Value, Value> message) {
        if (!text(message, "cmd").isEmpty()) {
            listener.onPush(message);
            return;
        }
        int error = Math.max(0, number(message, "error"));
        owner.cast.reached().onError(error);
        Said answered = model.replied(line, error);
        if (error != 0) {
            owner.tell("is refused " + answered.cmd() + ": " + error + " " + text(message, "message"));
        }
        listener.onReply(answered, error, message);
    }
}
