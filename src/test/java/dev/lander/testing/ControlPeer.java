package dev.lander.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** A component or operator on the control channel, in either framing; reads block for at most ten seconds. */
public final class ControlPeer implements AutoCloseable {
    private static final int TIMEOUT_MS = 10_000;

    private final Socket socket;
    private final boolean lengthPrefixed;
    private final InputStream in;
    private final MessageUnpacker bare;

    /** Lander's own messages (with {@code cmd}) that came while a reply was waited for. */
    private final ArrayDeque<Map<String, Value>> pushes = new ArrayDeque<>();

    private ControlPeer(Socket socket, boolean lengthPrefixed) throws IOException {
        this.socket = socket;
        this.lengthPrefixed = lengthPrefixed;
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        this.in = socket.getInputStream();
        this.bare = MessagePack.newDefaultUnpacker(in);
    }

    /** Connects; speaks bare msgpack. */
    public static ControlPeer connect(InetSocketAddress address) throws IOException {
        return new ControlPeer(new Socket(address.getAddress(), address.getPort()), false);
    }

    /** Connects; speaks length-prefixed msgpack, as the original's clients do. */
    public static ControlPeer connectLengthPrefixed(InetSocketAddress address) throws IOException {
        return new ControlPeer(new Socket(address.getAddress(), address.getPort()), true);
    }

    /** Speaks bare msgpack over a connection of any kind, as by TLS. */
    public static ControlPeer over(Socket connection) throws IOException {
        return new ControlPeer(connection, false);
    }

    /** A message of alternating names and values: strings, integers, booleans, lists of these or {@link Value}s. */
    public static Map<String, Object> message(Object... namesAndValues) {
        Map<String, Object> message = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            message.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return message;
    }

    /** The msgpack of a message, unframed. */
    public static byte[] pack(Map<String, Object> message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MessagePacker packer = MessagePack.newDefaultPacker(bytes)) {
            packer.packMapHeader(message.size());
            for (Map.Entry<String, Object> field : message.entrySet()) {
                packer.packString(field.getKey());
                packer.packValue(valueOf(field.getValue()));
            }
        }
        return bytes.toByteArray();
    }

    /** The socket, for tests of what happens below messages. */
    public Socket socket() {
        return socket;
    }

    /** Sends a message in this peer's framing. */
    public void send(Object... namesAndValues) throws IOException {
        byte[] packed = pack(message(namesAndValues));
        if (lengthPrefixed) {
            byte[] prefix = ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(packed.length)
                    .array();
            byte[] framed = new byte[4 + packed.length];
            System.arraycopy(prefix, 0, framed, 0, 4);
            System.arraycopy(packed, 0, framed, 4, packed.length);
            sendBytes(framed);
        } else {
            sendBytes(packed);
        }
    }

    /** Sends bytes as they are. */
    public void sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Sends a command and returns the code of its reply. */
    public int ask(Object... namesAndValues) throws IOException {
        send(namesAndValues);
        return error(reply());
    }

    /** Registers with further fields, and returns the code of the reply. */
    public int register(String protocol, int port, int relayPort, Object... more) throws IOException {
        Object[] fields = {"cmd", "register", "protocol", protocol, "port", port, "relay_port", relayPort};
        Object[] all = new Object[fields.length + more.length];
        System.arraycopy(fields, 0, all, 0, fields.length);
        System.arraycopy(more, 0, all, fields.length, more.length);
        return ask(all);
    }

    /** Unregisters, and returns the code of the reply. */
    public int unregister(String protocol, int port, int relayPort) throws IOException {
        return ask("cmd", "unregister", "protocol", protocol, "port", port, "relay_port", relayPort);
    }

    /** Reports a state, and returns the code of the reply. */
    public int report(String protocol, int relayPort, String state) throws IOException {
        return ask("cmd", "healthcheck", "protocol", protocol, "port", relayPort, "state", state);
    }

    /** The services of a status reply. */
    public Value status() throws IOException {
        send("cmd", "status");
        return field(reply(), "services");
    }

    /** The next reply; Lander's own messages before it are kept for {@link #push}. */
    public Map<String, Value> reply() throws IOException {
        while (true) {
            Map<String, Value> message = read();
            if (!message.containsKey("cmd")) {
                return message;
            }
            pushes.add(message);
        }
    }

    /** The next of Lander's own messages; fails when a reply comes first. */
    public Map<String, Value> push() throws IOException {
        if (!pushes.isEmpty()) {
            return pushes.remove();
        }
        Map<String, Value> message = read();
        if (!message.containsKey("cmd")) {
            throw new AssertionError("a reply came, though nothing was asked: " + message);
        }
        return message;
    }

    /** A reply's code. */
    public static int error(Map<String, Value> reply) {
        return field(reply, "error").asIntegerValue().asInt();
    }

    /** A message's field; fails when there is none of that name. */
    public static Value field(Map<String, Value> message, String name) {
        Value value = message.get(name);
        if (value == null) {
            throw new AssertionError("no " + name + " in " + message);
        }
        return value;
    }

    /** The next message of either kind; {@link EOFException} when Lander has closed. */
    public Map<String, Value> read() throws IOException {
        Value value;
        if (lengthPrefixed) {
            byte[] prefix = in.readNBytes(4);
            if (prefix.length < 4) {
                throw new EOFException("closed");
            }
            int length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getInt();
            try (MessageUnpacker one = MessagePack.newDefaultUnpacker(in.readNBytes(length))) {
                value = one.unpackValue();
            }
        } else {
            if (!bare.hasNext()) {
                throw new EOFException("closed");
            }
            value = bare.unpackValue();
        }
        Map<String, Value> fields = new LinkedHashMap<>();
        value.asMapValue()
                .map()
                .forEach((name, field) -> fields.put(name.asStringValue().asString(), field));
        return fields;
    }

    /** Waits until Lander has closed the connection, dropping what it still sends. */
    public void awaitClosed() throws IOException {
        try {
            while (true) {
                read();
            }
        } catch (EOFException closed) {
            // as awaited
        } catch (java.net.SocketException reset) {
            // closed as well
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static Value valueOf(Object value) {
        if (value instanceof Value ready) {
            return ready;
        } else if (value instanceof String text) {
            return ValueFactory.newString(text);
        } else if (value instanceof Integer number) {
            return ValueFactory.newInteger(number);
        } else if (value instanceof List<?> elements) {
            return ValueFactory.newArray(
                    elements.stream().map(ControlPeer::valueOf).toList());
        } else if (value instanceof Boolean truth) {
            return ValueFactory.newBoolean(truth);
        }
        throw new IllegalArgumentException("no message can hold " + value);
    }
}
