package dev.lander.testing;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.Map;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;

/**
 * A socket to the control channel for what a {@link ControlPeer} can't do: another source address, a small receive
 * buffer, bytes without sense. Reads block for at most ten seconds.
 */
public final class RawPeer implements AutoCloseable {
    private static final int TIMEOUT_MS = 10_000;
    private static final int SMALL_BUFFER = 32 * 1024;

    private final Socket socket;
    private final InputStream in;
    private final MessageUnpacker messages;

    private RawPeer(Socket socket, InetSocketAddress to) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        socket.connect(to);
        this.in = socket.getInputStream();
        this.messages = MessagePack.newDefaultUnpacker(in);
    }

    /** Connects. */
    public static RawPeer connect(InetSocketAddress to) throws IOException {
        return new RawPeer(new Socket(), to);
    }

    /** Connects from this address of the machine's. */
    public static RawPeer connectFrom(InetAddress from, InetSocketAddress to) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        return new RawPeer(socket, to);
    }

    /** Connects; the system keeps little of what is not read. */
    public static RawPeer connectWithSmallBuffer(InetSocketAddress to) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(SMALL_BUFFER);
        return new RawPeer(socket, to);
    }

    /** The socket itself. */
    public Socket socket() {
        return socket;
    }

    /** Sends bytes as they are. */
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Sends a bare message. */
    public void send(Object... namesAndValues) throws IOException {
        send(ControlPeer.pack(ControlPeer.message(namesAndValues)));
    }

    /** Sends a bare command and returns the code of its reply. */
    public int ask(Object... namesAndValues) throws IOException {
        send(namesAndValues);
        return ControlPeer.error(read());
    }

    /** The next bare message; {@link EOFException} when Lander has closed. Not to be mixed with {@link #readToEnd}. */
    public Map<String, Value> read() throws IOException {
        if (!messages.hasNext()) {
            throw new EOFException("closed");
        }
        Map<String, Value> fields = new LinkedHashMap<>();
        messages.unpackValue()
                .asMapValue()
                .map()
                .forEach((name, field) -> fields.put(name.asStringValue().asString(), field));
        return fields;
    }

    /** All bytes that come until Lander ends its output. */
    public byte[] readToEnd() throws IOException {
        return in.readAllBytes();
    }

    /** Sends no more. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes by a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
