package dev.lander.control.stream;

import dev.lander.control.ControlServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A control connection's bytes, both ways, as they are or encrypted. No call blocks. */
public interface ControlStream {
    /**
     * Reads what has come; less than 0 at the end of the stream.
     *
     * @param into empty, and as large as {@link ControlServer#readBuffer}
     * @throws javax.net.ssl.SSLException when the peer breaks TLS; it gets to know why, and can then only be parted
     *     from
     */
    int read(ByteBuffer into) throws IOException;

    /**
     * The first bytes of a peer that has broken TLS by speaking without it, who can be answered in the same way; null
     * for every other peer.
     */
    @Nullable
    ByteBuffer unencrypted();

    /**
     * Takes as many of the bytes as it can, and need not have sent them: see {@link #flush}.
     *
     * @throws IOException also when it will never take any more
     */
    void write(ByteBuffer bytes) throws IOException;

    /** Sends what was taken and not sent yet; true when nothing is left of it. */
    boolean flush() throws IOException;

    /** Whether all that was taken was sent. */
    boolean isFlushed();

    /** Whether the peer can be sent anything: not before a handshake is done. */
    boolean isOpenForWriting();

    /** The peer reads the end of the stream behind what was sent. What it still sends is dropped. */
    void shutdownOutput() throws IOException;

    /** The events to wait for. */
    int interestOps(boolean reading, boolean writing);

    /** Whether {@link #read} has waited for one of these events. */
    boolean isReadable(int readyOps);

    /** What happens, on the loop's thread, when {@link #read} can go on without any event at the socket. */
    void onReadOn(Runnable readOn);

    /** Closes the connection; closing again does nothing. */
    void close();
}
