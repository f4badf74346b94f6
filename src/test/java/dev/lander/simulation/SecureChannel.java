package dev.lander.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import tlschannel.ClientTlsChannel;
import tlschannel.HeapBufferAllocator;
import tlschannel.NeedsReadException;
import tlschannel.NeedsWriteException;
import tlschannel.TlsChannel;

/** A client's end of a connection by TLS: like a channel that does not block, it takes and gives what it can. */
final class SecureChannel implements ByteChannel {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final TlsChannel tls;

    /** The connection did not take all that was encrypted. */
    private boolean unsent;

    /**
     * Over this connection, of which nothing was read.
     *
     * @param version of TLS, as {@code TLSv1.3}
     */
    SecureChannel(ByteChannel connection, SSLContext context, String version) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {version});
        this.tls = ClientTlsChannel.newBuilder(connection, engine)
                .withEncryptedBufferAllocator(new HeapBufferAllocator())
                .build();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int start = into.position();
        try {
            if (unsent) {
                write(NOTHING);
            }
            return tls.read(into);
        } catch (NeedsReadException | NeedsWriteException later) {
            return into.position() - start;
        }
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int start = bytes.position();
        try {
            tls.write(bytes);
            unsent = false;
        } catch (NeedsReadException handshake) {
            // What comes next goes on with it.
        } catch (NeedsWriteException full) {
            unsent = true;
        }
        return bytes.position() - start;
    }

    @Override
    public boolean isOpen() {
        return tls.isOpen();
    }

    @Override
    public void close() throws IOException {
        tls.close();
    }
}
