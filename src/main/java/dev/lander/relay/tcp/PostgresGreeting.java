package dev.lander.relay.tcp;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.ReadyHandler;
import dev.lander.relay.tls.PostgresRequestDecoder;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * Asks a component of PostgreSQL's for TLS, as its client has asked Lander, and takes in the answer. The client was
 * told to begin already, so there is only one answer that the relay can begin with.
 */
final class PostgresGreeting implements ReadyHandler, DeadlineHandler {
    /** Wants to know what the component answers. */
    interface Caller extends FaultHandler {
        /** The component takes TLS; what follows is the client's. */
        void onGranted(SelectionKey key);

        /** The component has answered otherwise, or not at all. */
        void onDenied(IOException why);
    }

    private final RelayContext context;
    private final Dial connected;
    private final Caller caller;
    private final Deadline deadline;
    private @Nullable SelectionKey key;

    /** @param timeouts of the length that the answer may take */
    PostgresGreeting(RelayContext context, Deadlines timeouts, Dial connected, Caller caller) {
        this.context = context;
        this.connected = connected;
        this.caller = caller;
        this.deadline = timeouts.create(this);
    }

    /** Asks, after it has told who the client is, if the component wants to know. */
    void begin(Client client, Introduction known) {
        try {
            ByteBuffer request = Lead.of(
                            context.buffer(), client, connected.component(), known, PostgresRequestDecoder.request())
                    .bytes();
            connected.channel().write(request);
            if (request.hasRemaining()) {
                throw new IOException("it does not take the request for TLS");
            }
            SelectionKey dialled = connected.key();
            if (dialled == null) {
                key = context.reactor().register(connected.channel(), SelectionKey.OP_READ, this);
            } else {
                key = dialled;
                context.reactor().handOver(dialled, this);
                dialled.interestOps(SelectionKey.OP_READ);
            }
            deadline.start();
        } catch (IOException gone) {
            deny(gone);
        }
    }

    @Override
    public void onReady(int readyOps) {
        ByteBuffer answer = ByteBuffer.allocate(1);
        try {
            if (connected.channel().read(answer) < 0) {
                throw new EOFException("it has closed instead of answering the request for TLS");
            }
        } catch (IOException gone) {
            deny(gone);
            return;
        }
        SelectionKey own = key;
        if (answer.position() == 0 || own == null) {
            return;
        }
        deadline.stop();
        if (answer.get(0) == PostgresRequestDecoder.YES) {
            caller.onGranted(own);
        } else {
            deny(new IOException("it has answered the request for TLS by " + (char) answer.get(0)));
        }
    }

    @Override
    public void onDeadline(Deadline due) {
        deny(new SocketTimeoutException("it has not answered the request for TLS in time"));
    }

    @Override
    public void onFault(Exception defect) {
        deadline.stop();
        caller.onFault(defect);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return caller.toString();
    }

    private void deny(IOException why) {
        deadline.stop();
        caller.onDenied(why);
    }
}
