package dev.lander.control.stream;

import dev.lander.sockets.Channels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tlschannel.HeapBufferAllocator;
import tlschannel.NeedsReadException;
import tlschannel.NeedsTaskException;
import tlschannel.NeedsWriteException;
import tlschannel.ServerTlsChannel;
import tlschannel.TlsChannel;

/**
 * The connection's bytes by TLS. Only this class knows the library for it, tls-channel.
 *
 * <p>A handshake is part of the first reads: they find nothing until it is done. Either peer may have to speak before
 * it can go on listening, so a read may wait for the socket to take something. And what is expensive in a handshake is
 * computed by another thread: until it is done nothing is read or written.
 */
public final class TlsStream implements ControlStream {
    /** Bytes that one {@link #write} encrypts at most. */
    private static final int WRITE_SIZE = 256 * 1024;

    /** How a record begins, but for two bits: 20 to 23, of which 22 is a handshake's. */
    private static final int RECORD_TYPES = 20 >> 2;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final OneRead source;
    private final TlsChannel tls;
    private final Handshakes handshakes;
    private Runnable readOn = () -> {};

    /** The handshake is done. */
    private boolean secure;

    /** Another thread computes a part of the handshake, and holds the library's lock meanwhile. */
    private boolean computing;

    /** The computation is done, and the read that waited for it goes on. */
    private boolean computed;

    private boolean closed;

    /** The socket did not take all that was encrypted. */
    private boolean unsent;

    /** A read can go on only when the socket has taken something. */
    private boolean readNeedsWrite;

    /** Nothing is encrypted or decrypted any more: the output was shut, or the peer broke TLS. */
    private boolean over;

    /**
     * Takes the server's part.
     *
     * @param channel nothing was read from it yet
     * @param handshakes asked before each step of a handshake whether it may go on
     */
    public TlsStream(SocketChannel channel, TlsContext context, Handshakes handshakes) {
        this.channel = channel;
        this.handshakes = handshakes;
        this.source = new OneRead(channel);
        this.tls = ServerTlsChannel.newBuilder(source, context.context())
                .withEngineFactory(context::newEngine)
                .withRunTasks(false)
                .withSessionInitCallback(session -> secure = true)
                // Direct ones would be freed through sun.misc.Unsafe.
                .withEncryptedBufferAllocator(new HeapBufferAllocator())
                .build();
    }

    /**
     * Reads from the socket once, and decrypts all that it can: else something might lie here while the loop waits for
     * the socket. The buffer has room for it: what waits to be decrypted is at most 17 KiB.
     */
    @Override
    public int read(ByteBuffer into) throws IOException {
        if (over) {
            return channel.read(into);
        }
        if (computing || !mayGoOn()) {
            return 0;
        }
        source.mayRead = true;
        readNeedsWrite = false;
        int start = into.position();
        try {
            while (tls.read(into) >= 0) {
                // There may be more.
            }
            if (into.position() == start) {
                return -1;
            }
            channel.shutdownInput(); // the loop will announce the end
        } catch (NeedsReadException allRead) {
            // As it should be.
        } catch (NeedsWriteException mustSpeak) {
            readNeedsWrite = true;
        } catch (NeedsTaskException expensive) {
            computing = true;
            handshakes.compute(expensive.getTask(), this::onComputed);
        } catch (ClosedChannelException endWithinHandshake) {
            return -1;
        } catch (SSLException broken) {
            over = true;
            if (unencrypted() == null) {
                sendAlert();
            }
            throw broken;
        } catch (RuntimeException | AssertionError confused) {
            // What peers send can drive the library and the JDK's TLS into what should be a defect.
            over = true;
            throw new SSLException(confused.toString(), confused);
        }
        return into.position() - start;
    }

    @Override
    public @Nullable ByteBuffer unencrypted() {
        return over && !secure && source.isNoTls()
                ? source.firstBytes.duplicate().flip()
                : null;
    }

    /** What has come is read without being announced again when a computation is done: then it must go on. */
    private boolean mayGoOn() {
        boolean may = secure || computed || handshakes.mayGoOn();
        computed = false;
        return may;
    }

    private void onComputed() {
        computing = false;
        computed = true;
        if (closed) {
            Channels.close(tls);
        } else {
            readOn.run();
        }
    }

    @Override
    public void onReadOn(Runnable toDo) {
        readOn = toDo;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        if (computing) {
            return;
        }
        if (unencrypted() != null) {
            channel.write(bytes);
            return;
        }
        int limit = bytes.limit();
        bytes.limit(Math.min(limit, bytes.position() + WRITE_SIZE));
        try {
            tls.write(bytes);
            unsent = false;
            if (bytes.hasRemaining()) {
                throw new ClosedChannelException(); // in TLS 1.2 a peer that ends its output ends ours too
            }
        } catch (NeedsWriteException full) {
            unsent = true;
        } catch (NeedsTaskException expensive) {
            expensive.getTask().run(); // nothing is sent before the handshake is done but why it is broken off
        } finally {
            bytes.limit(limit);
        }
    }

    @Override
    public boolean flush() throws IOException {
        if (computing) {
            return false;
        }
        if (unsent) {
            write(NOTHING);
        }
        return !unsent;
    }

    @Override
    public boolean isFlushed() {
        return !unsent;
    }

    @Override
    public boolean isOpenForWriting() {
        return secure && !over;
    }

    @Override
    public void shutdownOutput() throws IOException {
        if (!over && !computing) {
            over = true;
            readNeedsWrite = false;
            try {
                tls.shutdown();
            } catch (NeedsWriteException full) {
                // The end of the connection will say it too.
            }
        }
        channel.shutdownOutput();
    }

    @Override
    public int interestOps(boolean reading, boolean writing) {
        return computing ? 0 : (reading ? readOp() : 0) | (writing ? SelectionKey.OP_WRITE : 0);
    }

    @Override
    public boolean isReadable(int readyOps) {
        return computed || (readyOps & readOp()) != 0;
    }

    @Override
    public void close() {
        closed = true;
        Channels.close(computing ? channel : tls); // the library would wait for the computation
    }

    private int readOp() {
        return readNeedsWrite ? SelectionKey.OP_WRITE : SelectionKey.OP_READ;
    }

    /** Tells the peer by an alert what is wrong, if the socket takes it at once; the library leaves that out. */
    private void sendAlert() {
        if (unsent) {
            return;
        }
        try {
            ByteBuffer alert =
                    ByteBuffer.allocate(tls.getSslEngine().getSession().getPacketBufferSize());
            tls.getSslEngine().wrap(NOTHING, alert);
            channel.write(alert.flip());
        } catch (IOException alreadyGone) {
            // Then nobody is there to be told.
        }
    }

    /** The socket, but each {@link TlsStream#read} may read from it once: else a peer could keep the loop in it. */
    private static final class OneRead implements ByteChannel {
        private final SocketChannel channel;

        /** As many as it takes to say what a peer speaks instead of TLS. */
        private final ByteBuffer firstBytes = ByteBuffer.allocate(8);

        private boolean mayRead;

        OneRead(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            if (!mayRead) {
                return 0;
            }
            mayRead = false;
            int begin = into.position();
            int length = channel.read(into);
            if (length > 0 && firstBytes.hasRemaining()) {
                firstBytes.put(into.slice(begin, Math.min(length, firstBytes.remaining())));
            }
            return length;
        }

        /** Whether what has come begins like no record of TLS. */
        boolean isNoTls() {
            return firstBytes.position() > 0 && firstBytes.get(0) >> 2 != RECORD_TYPES;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            return channel.write(bytes);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
