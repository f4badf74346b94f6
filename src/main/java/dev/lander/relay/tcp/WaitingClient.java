package dev.lander.relay.tcp;

import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.ReadyHandler;
import dev.lander.relay.RelayEnd;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * A client that waits for a component. Nothing is read from it but its end: one that ends before it has sent anything,
 * or resets the connection, has gone. What comes behind a first byte is not seen, since Java can only learn of it by
 * reading that byte.
 */
final class WaitingClient implements ReadyHandler, DeadlineHandler {
    private final ReadBuffer buffer;
    private final ClientQueue queue;
    private final ClientQueue.Visitor visitor;
    private final SelectionKey key;
    private final Deadline deadline;

    /**
     * Begins to wait.
     *
     * @param timeouts of the length that it waits
     * @throws IOException when the client has gone
     */
    WaitingClient(RelayContext context, ClientQueue queue, ClientQueue.Visitor visitor, Deadlines timeouts)
            throws IOException {
        this.buffer = context.buffer();
        this.queue = queue;
        this.visitor = visitor;
        this.key = context.reactor().register(visitor.client().channel(), SelectionKey.OP_READ, this);
        this.deadline = timeouts.create(this);
        deadline.start();
    }

    ClientQueue.Visitor visitor() {
        return visitor;
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        SocketChannel channel = visitor.client().channel();
        if (visitor.hasSent() || channel.socket().getInputStream().available() > 0) {
            key.interestOps(0); // announced again and again otherwise
            return;
        }
        // Readable without a byte: it has ended.
        if (channel.read(buffer.room()) < 0) {
            refuse(Counter.CLIENT_QUEUE_LEFT, RelayEnd.CLIENT_CLOSED);
        }
    }

    @Override
    public void onDeadline(Deadline due) {
        refuse(Counter.CLIENT_QUEUE_TIMEOUT, RelayEnd.NO_COMPONENT);
    }

    @Override
    public void onFault(Exception fault) {
        if (fault instanceof IOException) {
            refuse(Counter.CLIENT_QUEUE_LEFT, RelayEnd.CLIENT_RESET);
        } else {
            queue.remove(this);
            visitor.client().onFault(fault);
        }
    }

    /** Closes it: it has waited in vain. */
    void refuse(Counter cause, RelayEnd end) {
        queue.remove(this);
        visitor.client().refuse(cause, end);
    }

    /** It waits no more; the connection stays open. */
    void end() {
        deadline.stop();
        if (key.isValid()) {
            key.interestOps(0);
        }
    }

    /** As in the log. */
    @Override
    public String toString() {
        return visitor.client().toString();
    }
}
