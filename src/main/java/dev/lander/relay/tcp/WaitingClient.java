package dev.lander.relay.tcp;

import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.ReadyHandler;
import dev.lander.relay.RelayEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * A client that waits for a component. Nothing is read from it but its end: one that ends before it has sent anything,
 * or resets the connection, has gone. What comes behind a first byte is not seen, since Java can only learn of it by
 * reading that byte.
 */
final class WaitingClient implements ReadyHandler {
    private final TcpRelays relays;
    private final ClientQueue queue;
    private final UpstreamConnect connect;
    private final SelectionKey key;
    private final Deadline deadline;

    /**
     * Begins to wait.
     *
     * @throws IOException when the client has gone
     */
    WaitingClient(TcpRelays relays, ClientQueue queue, UpstreamConnect connect) throws IOException {
        this.relays = relays;
        this.queue = queue;
        this.connect = connect;
        this.key = relays.reactor().register(connect.client(), SelectionKey.OP_READ, this);
        this.deadline =
                relays.queueDeadline(() -> queue.refuse(this, Counter.CLIENT_QUEUE_TIMEOUT, RelayEnd.NO_COMPONENT));
        deadline.start();
    }

    UpstreamConnect connect() {
        return connect;
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        SocketChannel client = connect.client();
        if (connect.hasSent() || client.socket().getInputStream().available() > 0) {
            key.interestOps(0); // announced again and again otherwise
            return;
        }
        // Readable without a byte: it has ended.
        ByteBuffer nothing = relays.readBuffer();
        if (client.read(nothing) < 0) {
            queue.refuse(this, Counter.CLIENT_QUEUE_LEFT, RelayEnd.CLIENT_CLOSED);
        }
    }

    @Override
    public void onFault(Exception reset) {
        queue.refuse(this, Counter.CLIENT_QUEUE_LEFT, RelayEnd.CLIENT_RESET);
    }

    /** It waits no more; the connection stays open. */
    void end() {
        deadline.stop();
        if (key.isValid()) {
            key.interestOps(0);
        }
    }
}
