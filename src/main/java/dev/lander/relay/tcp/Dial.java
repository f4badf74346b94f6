package dev.lander.relay.tcp;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.Reactor;
import dev.lander.reactor.ReadyHandler;
import dev.lander.registry.Component;
import dev.lander.sockets.Channels;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One try to connect to a component:
 *
 * <pre>
 *   connecting --- the connection stands ----------------> connected (the caller owns the channel)
 *        |
 *        +--- refused, timed out, own fault -------------> failed
 *        +--- it stood and was reset before we knew -----> reset
 *        +--- hang up -----------------------------------> hung up
 * </pre>
 *
 * <p>What is known when {@link #begin} returns is its result; the caller is called for what comes later.
 */
final class Dial implements ReadyHandler, DeadlineHandler {
    enum State {
        CONNECTING,
        CONNECTED,
        FAILED,
        RESET,
        HUNG_UP
    }

    /** Wants the connection. A defect in what it does then ends in its {@link #onFault}. */
    interface Caller extends FaultHandler {
        /** The try, which was connecting when {@link Dial#begin} returned, is connected, failed or reset. */
        void onDialled(Dial dial);
    }

    private final Reactor reactor;
    private final Deadlines timeouts;
    private final Component component;
    private final Caller caller;
    private final long beganNs;
    private State state = State.CONNECTING;

    /** Null before {@link #begin}, and when there was no descriptor for one. */
    private @Nullable SocketChannel channel;

    /** Null while the loop was not asked about the connection. */
    private @Nullable SelectionKey key;

    private @Nullable Deadline timeout;

    /** Why it has failed; null = it has not. */
    private @Nullable IOException fault;

    /** @param timeouts of the length that the try may take */
    Dial(Reactor reactor, Deadlines timeouts, Component component, Caller caller) {
        this.reactor = reactor;
        this.timeouts = timeouts;
        this.component = component;
        this.caller = caller;
        this.beganNs = reactor.nowNs();
    }

    /**
     * Begins to connect.
     *
     * @param eager whether to finish at once what is likely to stand at once, without asking the loop
     * @return what has come of it already
     */
    State begin(boolean eager) {
        try {
            SocketChannel opened =
                    reactor.sockets().openConnection(component.address().getAddress());
            channel = opened;
            opened.configureBlocking(false);
            reactor.sockets().keepUrgentDataInLine(opened);
            if (opened.connect(component.address()) || eager) {
                finish(opened);
            } else {
                await(opened);
            }
        } catch (IOException refused) {
            fail(refused);
        }
        return state;
    }

    State state() {
        return state;
    }

    Component component() {
        return component;
    }

    /** How long it has taken, in the loop's nanoseconds. */
    long tookNs() {
        return reactor.nowNs() - beganNs;
    }

    /** Why it has failed. */
    IOException fault() {
        if (fault == null) {
            throw new IllegalStateException("it has not failed");
        }
        return fault;
    }

    /** The connection, once it stands. */
    SocketChannel channel() {
        if (channel == null) {
            throw new IllegalStateException("there is no connection");
        }
        return channel;
    }

    /** By which the loop has told that the connection stands; null = it stood at once. */
    @Nullable
    SelectionKey key() {
        return key;
    }

    /** Gives up, or closes a connection that nobody has taken over; again does nothing. */
    void hangUp() {
        end(State.HUNG_UP);
        close();
    }

    @Override
    public void onReady(int readyOps) {
        if (state == State.CONNECTING && channel != null) {
            try {
                finish(channel);
            } catch (IOException refused) {
                fail(refused);
            }
            tellCaller();
        }
    }

    @Override
    public void onDeadline(Deadline due) {
        fail(new SocketTimeoutException("no connection in time"));
        tellCaller();
    }

    @Override
    public void onFault(Exception defect) {
        caller.onFault(defect);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return caller.toString();
    }

    private void tellCaller() {
        if (state != State.CONNECTING) {
            caller.onDialled(this);
        }
    }

    private void finish(SocketChannel connecting) throws IOException {
        if (!connecting.finishConnect()) {
            await(connecting);
            return;
        }
        if (connecting.getLocalAddress().equals(connecting.getRemoteAddress())) {
            // A free port at this very address was connected to itself, by TCP's simultaneous open.
            throw new ConnectException("connected to itself");
        }
        end(State.CONNECTED);
    }

    /** Lets the loop say when the connection stands. */
    private void await(SocketChannel connecting) throws IOException {
        if (key == null) {
            key = reactor.register(connecting, SelectionKey.OP_CONNECT, this);
            timeout = timeouts.create(this);
            timeout.start();
        }
    }

    private void fail(IOException refused) {
        fault = refused;
        end(ConnectFailure.isReset(refused) ? State.RESET : State.FAILED);
        close();
    }

    private void end(State how) {
        state = how;
        if (timeout != null) {
            timeout.stop();
        }
    }

    private void close() {
        if (channel != null) {
            Channels.close(channel);
        }
    }
}
