package dev.lander.control;

import dev.lander.control.stream.ControlStream;
import dev.lander.control.wire.CommandCodec;
import dev.lander.control.wire.ErrorCode;
import dev.lander.control.wire.FrameDecoder;
import dev.lander.control.wire.Framing;
import dev.lander.control.wire.Reply;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.Expiry;
import dev.lander.reactor.Reactor;
import dev.lander.reactor.ReadyHandler;
import dev.lander.registry.Component;
import dev.lander.sockets.KeepAlive;
import dev.lander.text.AddressText;
import java.io.IOException;
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
 *   new --- first message ---> served --- end of stream, reset, unread replies, silence ---> closed
 *    |                            |                                                            ^
 *    +--- no map, no message -----+--- broken framing or TLS ---> parting ----------------------+
 *                                                                 (until the peer has closed, or {@link #PARTING})
 * </pre>
 *
 * <p>While a long reply (a status, a page of relays) waits to be written no further command is read, and after an
 * unregister replies wait, and nothing is read, until the relay port is free.
 */
public final class ControlConnection implements ReadyHandler, CommandExecutor.Peer {
    /** Owns all connections. */
    interface Owner {
        /** The connection is closed. */
        void onClosed(ControlConnection connection);

        /** All connections together hold too much: the one that holds the most is to go. */
        void shedGreatest();
    }

    private enum Phase {
        NEW,
        SERVED,
        PARTING,
        CLOSED
    }

    /** A connection that has sent no whole message by then is closed. */
    private static final Duration FIRST_MESSAGE = Duration.ofSeconds(10);

    /** How long a peer may take to read why it is closed. */
    private static final Duration PARTING = Duration.ofSeconds(1);

    /**
     * Messages understood in a turn: peers may send sixty thousand with one write, and others want to be served, too.
     */
    private static final int MESSAGES_A_TURN = 100;

    private final ControlContext context;
    private final Owner owner;
    private final ControlStream stream;
    private final SelectionKey key;
    private final InetSocketAddress peer;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Outbox outbox;
    private final Speech speech;
    private final Registrations registrations;
    private final CommandExecutor executor;
    private final Deadline firstMessage;
    private final Deadline partingEnd;
    private final Waits waits;
    private Phase phase = Phase.NEW;

    /** Bytes held, as last told to all connections' budget. */
    private long heldBytes;

    /** A call of {@link #proceed} is under way, and will send what is added meanwhile. */
    private boolean proceeding;

    /**
     * Serves a connection.
     *
     * @param channel accepted and non-blocking
     * @param stream the channel's bytes
     */
    ControlConnection(ControlContext context, Owner owner, SocketChannel channel, ControlStream stream)
            throws IOException {
        this.context = context;
        this.owner = owner;
        this.stream = stream;
        this.peer = (InetSocketAddress) channel.getRemoteAddress();
        this.outbox = new Outbox(stream);
        this.speech = new Speech(decoder, outbox);
        Reactor reactor = context.reactor();
        this.waits = new Waits(reactor, this, this::flush);
        this.registrations = new Registrations(context, peer.getAddress(), this, this, this::sendHealthCheck);
        this.executor = new CommandExecutor(context, registrations, this);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        KeepAlive.enable(channel);
        this.firstMessage = reactor.deadlines(FIRST_MESSAGE).create(new Expiry(this, this::onNoMessage));
        this.partingEnd = reactor.deadlines(PARTING).create(new Expiry(this, this::close));
        this.key = reactor.register(channel, SelectionKey.OP_READ, this);
        firstMessage.start();
        stream.onReadOn(this::readOn);
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        if (isReading() && stream.isReadable(readyOps)) {
            try {
                receive();
            } catch (SSLException broken) {
                onBrokenTls(broken);
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
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.CLOSED;
        context.heldMemory().change(-heldBytes);
        heldBytes = 0;
        firstMessage.stop();
        partingEnd.stop();
        registrations.end();
        stream.close();
        context.drainWatches().forget(this);
        executor.end();
        owner.onClosed(this);
    }

    /** Bytes held for what has come and is not carried out, and for what is not sent. */
    long heldBytes() {
        return heldBytes;
    }

    /** Closes the connection, since it holds more than any other and memory for all has run out. */
    void shed() {
        context.log().count(Counter.CONTROL_MEMORY, this, "held_bytes", heldBytes);
        close();
    }

    @Override
    public void send(Reply reply) {
        speech.reply(reply);
    }

    @Override
    public void awaitLongReply() {
        waits.holdLongReply();
    }

    @Override
    public void sendLongReply(ByteBuffer reply) {
        waits.releaseLongReply();
        if (isUnderstood()) {
            speech.longReply(reply);
            flush();
        }
    }

    @Override
    public void sendDrainProgress(Component component, int active) {
        speech.drainProgress(component, active);
        flush();
    }

    @Override
    public void holdUntilPortsAreFree() {
        waits.holdReplies();
    }

    /** Sends what is to be sent, then closes: the peer gets the time to read it. */
    @Override
    public void part() {
        phase = Phase.PARTING;
        decoder.drop();
        firstMessage.stop();
        registrations.end();
        partingEnd.start();
    }

    @Override
    public boolean sendsPortsSwapped() {
        return context.settings().legacyPorts() && decoder.framing() == Framing.LENGTH_PREFIXED;
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "control=" + AddressText.of(peer);
    }

    /** More can be read, though the socket announces nothing. */
    private void readOn() {
        if (phase == Phase.CLOSED) {
            return;
        }
        try {
            onReady(0);
        } catch (IOException | RuntimeException fault) {
            context.reactor().contain(this, fault);
        }
    }

    private void receive() throws IOException {
        ByteBuffer bytes = context.readBuffer().clear();
        if (stream.read(bytes) < 0) {
            close();
        } else if (isUnderstood()) {
            decoder.feed(bytes.flip());
        }
    }

    private void onBrokenTls(SSLException broken) {
        ByteBuffer instead = stream.unencrypted();
        if (instead == null) {
            context.log().count(Counter.CONTROL_TLS, this, "why", broken);
        } else {
            decoder.feed(instead);
            String why = "this control channel speaks TLS, but " + decoder.whatCame();
            context.log().count(Counter.CONTROL_TLS, this, "why", why);
            decoder.next(); // decides the framing, and the message itself is not awaited
            speech.reply(new Reply(ErrorCode.INVALID_REQUEST, why));
        }
        part();
    }

    /** Whether what the peer sends still matters. */
    private boolean isUnderstood() {
        return phase == Phase.NEW || phase == Phase.SERVED;
    }

    /** Whether what the peer sends is read now, and not left to wait. */
    private boolean isReading() {
        return waits.isEmpty() && !outbox.hasUncounted();
    }

    /** Carries out what has come, and sends what there is to send. */
    private void proceed() throws IOException {
        boolean heldUp;
        proceeding = true;
        try {
            heldUp = carryOut();
            if (!waits.holdsReplies() && phase != Phase.CLOSED) {
                outbox.flush();
            }
        } finally {
            proceeding = false;
        }
        if (phase == Phase.CLOSED) {
            return;
        }
        if (outbox.isOverfull()) {
            context.log().count(Counter.CONTROL_UNREAD, this);
            close();
            return;
        }
        if (phase == Phase.PARTING && outbox.isEmpty()) {
            stream.shutdownOutput();
        }
        if (heldUp && !outbox.hasUncounted() && !waits.holdsLongReply()) {
            // Even a long reply that is written already holds up the rest until the next turn: others want theirs too.
            waits.holdCommands();
        }
        boolean writing = !waits.holdsReplies() && !outbox.isEmpty();
        key.interestOps(stream.interestOps(isReading(), writing));
        accountFor(decoder.heldBytes() + outbox.heldBytes());
    }

    private void accountFor(long held) {
        context.heldMemory().change(held - heldBytes);
        heldBytes = held;
        if (context.heldMemory().isExceeded()) {
            owner.shedGreatest();
        }
    }

    /** Carries out what has come; true when the rest waits for the next turn, or for a long reply to be written. */
    private boolean carryOut() {
        for (int messages = 0; isUnderstood(); messages++) {
            boolean enough = messages > 0
                    && (messages == MESSAGES_A_TURN || context.reactor().isTurnLong());
            if (waits.holdsCommands() || enough || outbox.hasUncounted()) {
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
        if (phase == Phase.NEW && !CommandCodec.isMap(message)) {
            breakOff("the first message must be a msgpack map");
            return;
        }
        phase = Phase.SERVED;
        firstMessage.stop();
        CommandCodec.decode(message, sendsPortsSwapped()).applyTo(executor);
    }

    /** The peer does not speak the protocol. Before its first message its framing is not certain: it is told bare. */
    private void breakOff(String cause) {
        context.log().count(Counter.CONTROL_BROKEN, this, "why", cause);
        Reply reply = new Reply(ErrorCode.INVALID_REQUEST, cause);
        if (phase == Phase.NEW) {
            speech.replyBare(reply);
        } else {
            speech.reply(reply);
        }
        part();
    }

    private void onNoMessage() {
        String why = "no whole message came within " + FIRST_MESSAGE.toSeconds() + " s: " + decoder.progress();
        context.log().count(Counter.CONTROL_NO_MESSAGE, this, "why", why);
        if (!stream.isOpenForWriting()) {
            close();
            return;
        }
        speech.replyBare(new Reply(ErrorCode.INVALID_REQUEST, why));
        part();
        flush();
    }

    private void sendHealthCheck(Component component) {
        if (registrations.areAbandoned()) {
            context.log().count(Counter.CONTROL_SILENT, this);
            close();
            return;
        }
        speech.healthCheck(component);
        flush();
    }

    /** Sends what there is to send, unless that is about to happen anyway. */
    private void flush() {
        if (proceeding || phase == Phase.CLOSED) {
            return;
        }
        try {
            proceed();
        } catch (IOException peerGone) {
            close();
        }
    }
}
