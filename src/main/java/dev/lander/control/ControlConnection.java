package dev.lander.control;

import dev.lander.control.stream.ControlStream;
import dev.lander.control.wire.CommandCodec;
import dev.lander.control.wire.ErrorCode;
import dev.lander.control.wire.FrameDecoder;
import dev.lander.control.wire.Framing;
import dev.lander.control.wire.Reply;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.ReadyHandler;
import dev.lander.registry.Component;
import dev.lander.registry.Link;
import dev.lander.registry.RelayPort;
import dev.lander.sockets.KeepAlive;
import dev.lander.text.AddressText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLException;

/**
 * One component's, or operator's, connection to the control channel. What was registered over it lives as long as it is
 * served:
 *
 * <pre>
 *   served --- end of stream, reset, unread replies, silence --------> closed
 *     |                                                                  ^
 *     +--- broken framing or TLS, first message no map --> parting ------+
 *                                                         (until the peer has closed, or {@link #PARTING})
 * </pre>
 *
 * <p>While a status reply waits to be written no further command is read, and after an unregister replies wait, and
 * nothing is read, until the relay port is free.
 */
public final class ControlConnection implements ReadyHandler, Link {
    /** A connection that has sent no whole message by then is closed. */
    private static final Duration FIRST_MESSAGE = Duration.ofSeconds(10);

    /** How long a peer may take to read why it is closed. */
    private static final Duration PARTING = Duration.ofSeconds(1);

    /**
     * Messages understood in a turn: peers may send sixty thousand with one write, and others want to be served, too.
     */
    private static final int MESSAGES_A_TURN = 100;

    private final ControlServer server;
    private final ControlStream stream;
    private final SelectionKey key;
    private final InetSocketAddress peer;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Outbox outbox;
    private final HealthChecks healthChecks;
    private final CommandExecutor executor;
    private final Deadline firstMessage;
    private final Deadline partingEnd;

    /** Replies wait for the next select, by which a released port is free. */
    private boolean held;

    /** The rest of what has come waits for the next select. */
    private boolean resting;

    /** Bytes held, as last told to the server. */
    private long heldBytes;

    /** A call of {@link #proceed} is under way, and will send what is added meanwhile. */
    private boolean proceeding;

    /** What the peer sends is read now, and not left to wait. */
    private boolean reading = true;

    private boolean hadMessage;
    private boolean parting;
    private boolean closed;

    /**
     * Serves a connection.
     *
     * @param channel accepted and non-blocking
     */
    ControlConnection(ControlServer server, SocketChannel channel) throws IOException {
        this.server = server;
        this.stream = server.streamOver(channel);
        this.peer = (InetSocketAddress) channel.getRemoteAddress();
        this.outbox = new Outbox(stream);
        this.healthChecks = new HealthChecks(
                server.reactor().deadlines(server.settings().healthInterval()),
                server.settings().healthMisses(),
                this::sendHealthCheck);
        this.executor = new CommandExecutor(server, this, healthChecks);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        KeepAlive.enable(channel);
        this.firstMessage = server.reactor().deadlines(FIRST_MESSAGE).create(this::onNoMessage);
        this.partingEnd = server.reactor().deadlines(PARTING).create(this::close);
        this.key = server.reactor().register(channel, SelectionKey.OP_READ, this);
        firstMessage.start();
    }

    @Override
    public InetAddress address() {
        return peer.getAddress();
    }

    @Override
    public void onTakenOver(Component component) {
        healthChecks.stop(component);
        server.endDrainWatch(component);
    }

    @Override
    public void onSlowStart(Component component) {
        server.slowStarts().begin(component);
    }

    @Override
    public void onDraining(Component component) {
        server.drainWatch(component).add(this);
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        if (reading && stream.isReadable(readyOps)) {
            try {
                receive();
            } catch (SSLException broken) {
                server.log().count(Counter.CONTROL_TLS, this + " why=\"" + broken.getMessage() + "\"");
                part();
            }
        }
        proceed();
    }

    @Override
    public void onFault(Exception fault) {
        close();
    }

    /** Ends the connection and with it all its registrations; closing again does nothing. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        server.heldMemory().change(-heldBytes);
        heldBytes = 0;
        firstMessage.stop();
        partingEnd.stop();
        endRegistrations();
        stream.close();
        server.forget(this);
    }

    /** Bytes held for what has come and is not carried out, and for what is not sent. */
    long heldBytes() {
        return heldBytes;
    }

    /** Closes the connection, since it holds more than any other and memory for all has run out. */
    void shed() {
        server.log().count(Counter.CONTROL_MEMORY, this + " held_bytes=" + heldBytes);
        close();
    }

    /** Sends a reply, in its turn. */
    void send(Reply reply) {
        outbox.add(frame(CommandCodec.encode(reply)));
    }

    /** Sends a status reply; until it is written, no further command is read. */
    void sendStatus(ByteBuffer status) {
        outbox.addUncounted(frame(status));
    }

    /** Tells how many relays or flows the draining component still has. */
    void sendDrainProgress(Component component, int active) {
        RelayPort relayPort = component.service().relayPort();
        outbox.add(frame(
                CommandCodec.encodeDrainProgress(relayPort, component.address().getPort(), active)));
        flush();
    }

    /** Keeps back what is sent from now on until the next select: then the ports released before it are free. */
    void holdUntilPortsAreFree() {
        if (!held) {
            held = true;
            server.reactor().afterSelect(() -> {
                held = false;
                flush();
            });
        }
    }

    /** Sends what is to be sent, then closes: the peer gets the time to read it. */
    void part() {
        parting = true;
        decoder.drop();
        firstMessage.stop();
        endRegistrations();
        partingEnd.start();
    }

    /** Whether the peer sends {@code port} and {@code relay_port} the other way round. */
    boolean sendsPortsSwapped() {
        return server.settings().legacyPorts() && decoder.framing() == Framing.LENGTH_PREFIXED;
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "control=" + AddressText.of(peer);
    }

    private void receive() throws IOException {
        ByteBuffer bytes = server.readBuffer();
        if (stream.read(bytes) < 0) {
            close();
        } else if (!parting) {
            decoder.feed(bytes.flip());
        }
    }

    /** Carries out what has come, and sends what there is to send. */
    private void proceed() throws IOException {
        boolean heldUp;
        proceeding = true;
        try {
            heldUp = carryOut();
            if (!held && !closed) {
                outbox.flush();
            }
        } finally {
            proceeding = false;
        }
        if (closed) {
            return;
        }
        if (outbox.isOverfull()) {
            server.log().count(Counter.CONTROL_UNREAD, this);
            close();
            return;
        }
        if (parting && outbox.isEmpty()) {
            stream.shutdownOutput();
        }
        if (heldUp && !outbox.hasUncounted()) {
            restUntilNextTurn();
        }
        reading = !heldUp && !held;
        boolean writing = !held && !outbox.isEmpty();
        key.interestOps(stream.interestOps(reading, writing));
        accountFor(decoder.heldBytes() + outbox.heldBytes());
    }

    private void accountFor(long held) {
        server.heldMemory().change(held - heldBytes);
        heldBytes = held;
        if (server.heldMemory().isExceeded()) {
            server.shedGreatest();
        }
    }

    /** Even a status that is written already holds up the rest until the next turn: others want theirs too. */
    private void restUntilNextTurn() {
        if (!resting) {
            resting = true;
            server.reactor().afterSelect(() -> {
                resting = false;
                flush();
            });
        }
    }

    /** Carries out what has come; true when the rest waits for the next turn, or for a status reply to be written. */
    private boolean carryOut() {
        for (int messages = 0; !parting && !closed; messages++) {
            if (resting || messages == MESSAGES_A_TURN || outbox.hasUncounted()) {
                return true;
            }
            switch (decoder.next()) {
                case MESSAGE -> onMessage(decoder.message());
                case BROKEN -> breakOff(decoder.cause());
                case INCOMPLETE -> {
                    return false;
                }
            }
        }
        return false;
    }

    private void onMessage(ByteBuffer message) {
        if (!hadMessage && !CommandCodec.isMap(message)) {
            breakOff("the first message is no map");
            return;
        }
        hadMessage = true;
        firstMessage.stop();
        CommandCodec.decode(message, sendsPortsSwapped()).applyTo(executor);
    }

    /** The peer does not speak the protocol. Before its first message its framing is not certain: it is told bare. */
    private void breakOff(String cause) {
        server.log().count(Counter.CONTROL_BROKEN, this + " why=\"" + cause + "\"");
        ByteBuffer reply = CommandCodec.encode(new Reply(ErrorCode.INVALID_REQUEST, cause));
        outbox.add(hadMessage ? frame(reply) : reply);
        part();
    }

    private void onNoMessage() {
        server.log().count(Counter.CONTROL_NO_MESSAGE, this);
        close();
    }

    private void sendHealthCheck(Component component) {
        if (healthChecks.isAbandoned()) {
            server.log().count(Counter.CONTROL_SILENT, this);
            close();
            return;
        }
        String state = component.state().wireName();
        outbox.add(frame(CommandCodec.encodeHealthCheck(component.service().relayPort(), state)));
        flush();
    }

    /** Sends what there is to send, unless that is about to happen anyway. */
    private void flush() {
        if (proceeding || closed) {
            return;
        }
        try {
            proceed();
        } catch (IOException peerGone) {
            close();
        } catch (RuntimeException defect) {
            close();
            throw defect;
        }
    }

    private void endRegistrations() {
        healthChecks.stopAll();
        server.registry().disconnect(this);
    }

    private ByteBuffer frame(ByteBuffer message) {
        return decoder.framing().frame(message);
    }
}
