package dev.lander.control;

import dev.lander.control.stream.ControlStream;
import dev.lander.control.wire.CommandCodec;
import dev.lander.control.wire.FrameDecoder;
import dev.lander.control.wire.Framing;
import dev.lander.control.wire.Reply;
import dev.lander.metrics.Counter;
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
import javax.net.ssl.SSLException;

/**
 * One component's, or operator's, connection to the control channel. What was registered over it lives as long as it is
 * served; {@link ConnectionLife} has the state diagram.
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
    private final ConnectionLife life;
    private final Breaches breaches;
    private final Waits waits;
    private final HeldMemory.Share held;

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
        this.waits = new Waits(context.reactor(), this, this::flush);
        this.registrations = new Registrations(context, peer.getAddress(), this, this, this::sendHealthCheck);
        this.executor = new CommandExecutor(context, registrations, this);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        KeepAlive.enable(channel);
        this.life = new ConnectionLife(context.reactor(), this, this::onNoMessage, this::close);
        this.breaches = new Breaches(context.log(), stream, decoder, speech, this);
        this.held = context.heldMemory().new Share();
        this.key = context.reactor().register(channel, SelectionKey.OP_READ, this);
        life.begin();
        stream.onReadOn(this::readOn);
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        if (isReading() && stream.isReadable(readyOps)) {
            try {
                receive();
            } catch (SSLException broken) {
                breaches.onBrokenTls(broken);
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
        if (!life.close()) {
            return;
        }
        held.set(0);
        registrations.end();
        stream.close();
        context.drainWatches().forget(this);
        executor.end();
        owner.onClosed(this);
    }

    /** Bytes held for what has come and is not carried out, and for what is not sent. */
    long heldBytes() {
        return held.bytes();
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
        if (life.isUnderstood()) {
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
        life.part();
        decoder.drop();
        registrations.end();
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
        if (life.isClosed()) {
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
        } else if (life.isUnderstood()) {
            decoder.feed(bytes.flip());
        }
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
            if (!waits.holdsReplies() && !life.isClosed()) {
                outbox.flush();
            }
        } finally {
            proceeding = false;
        }
        if (life.isClosed()) {
            return;
        }
        if (outbox.isOverfull()) {
            context.log().count(Counter.CONTROL_UNREAD, this);
            close();
            return;
        }
        if (life.isParting() && outbox.isEmpty()) {
            stream.shutdownOutput();
        }
        if (heldUp && !outbox.hasUncounted() && !waits.holdsLongReply()) {
            // Even a long reply that is written already holds up the rest until the next turn: others want theirs too.
            waits.holdCommands();
        }
        boolean writing = !waits.holdsReplies() && !outbox.isEmpty();
        key.interestOps(stream.interestOps(isReading(), writing));
        held.set(decoder.heldBytes() + outbox.heldBytes());
        if (context.heldMemory().isExceeded()) {
            owner.shedGreatest();
        }
    }

    /** Carries out what has come; true when the rest waits for the next turn, or for a long reply to be written. */
    private boolean carryOut() {
        for (int messages = 0; life.isUnderstood(); messages++) {
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
        if (life.isNew() && !CommandCodec.isMap(message)) {
            breakOff("the first message must be a msgpack map");
            return;
        }
        life.serve();
        CommandCodec.decode(message, sendsPortsSwapped()).applyTo(executor);
    }

    /** The peer does not speak the protocol. */
    private void breakOff(String cause) {
        breaches.onBroken(cause, life.isNew());
        part();
    }

    private void onNoMessage() {
        breaches.onNoMessage();
        if (!stream.isOpenForWriting()) {
            close();
            return;
        }
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
        if (proceeding || life.isClosed()) {
            return;
        }
        try {
            proceed();
        } catch (IOException peerGone) {
            close();
        }
    }
}
