package dev.lander.control;

import dev.lander.control.stream.ControlStream;
import dev.lander.control.stream.PlainStream;
import dev.lander.control.stream.TlsContext;
import dev.lander.control.stream.TlsStream;
import dev.lander.control.wire.CommandCodec;
import dev.lander.control.wire.ErrorCode;
import dev.lander.control.wire.Reply;
import dev.lander.listing.Listings;
import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Acceptor;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.Registry;
import dev.lander.sockets.Channels;
import dev.lander.sockets.FdBudget;
import dev.lander.text.AddressText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The control channel's listening socket, and what its connections share. */
public final class ControlServer implements Acceptor.Host, ControlConnection.Owner {
    /** Control connections at once. */
    static final int MAX_CONNECTIONS = 4_096;

    private final BurstLog log;
    private final FdBudget fds;
    private final Access access;

    /** Null = connections are not encrypted. */
    private final @Nullable TlsContext tls;

    private final ControlContext context;
    private final ServerSocketChannel listener;
    private final Acceptor acceptor;
    private final Set<ControlConnection> connections = new LinkedHashSet<>();
    private final TlsHandshakes handshakes;
    private Runnable beforeClosing = () -> {};
    private boolean ending;

    /** Connections accepted in this turn, the present one included. */
    private int accepted;

    /**
     * Binds the control channel and accepts from it.
     *
     * @param tls null = connections are not encrypted
     * @param helper computes what is expensive in their handshakes, one after the other
     * @throws IOException when the system refuses, with its reason
     */
    public ControlServer(
            Reactor reactor,
            Registry registry,
            Listings listings,
            BurstLog log,
            FdBudget fds,
            ControlSettings settings,
            Access access,
            @Nullable TlsContext tls,
            Executor helper)
            throws IOException {
        this.log = log;
        this.fds = fds;
        this.access = access;
        this.tls = tls;
        this.handshakes = new TlsHandshakes(reactor, helper);
        HeldMemory memory = new HeldMemory(Runtime.getRuntime().maxMemory());
        this.context = new ControlContext(
                reactor,
                registry,
                log,
                settings,
                access,
                memory,
                new ReadBuffer(memory, tls != null),
                new CheckIntervals(reactor, settings.healthInterval()),
                new SlowStarts(reactor),
                new DrainWatches(reactor),
                new StatusView(reactor, registry, listings.registered(), listings.cluster()),
                listings.open(),
                this::isEnding);
        this.listener = reactor.sockets().openListener(settings.bindAddress().host());
        try {
            listener.configureBlocking(false);
            listener.bind(settings.bindAddress().withPort(settings.port()), Acceptor.BACKLOG);
            this.acceptor = new Acceptor(reactor, listener, this);
        } catch (IOException refused) {
            Channels.close(listener);
            throw new IOException("control channel at port " + settings.port() + ": " + refused.getMessage(), refused);
        }
        fds.hold(1);
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listener.getLocalAddress();
    }

    /** The component begins with a small share of its weight, which grows from now on. */
    public void startSlowly(Component component) {
        context.slowStarts().begin(component);
    }

    /** How many control connections are open. */
    public int openConnections() {
        return connections.size();
    }

    /** Lander ends: no connection is accepted any more, and no register; those that are open are served on. */
    public void stopListening() {
        ending = true;
        acceptor.acceptWaiting();
        acceptor.close();
        fds.release(1);
    }

    /** Runs the action when all connections are about to be closed. */
    public void beforeClosing(Runnable action) {
        beforeClosing = action;
    }

    /** Closes all connections, and ends with them all registrations. */
    public void closeConnections() {
        beforeClosing.run();
        for (ControlConnection connection : new ArrayList<>(connections)) {
            connection.close();
        }
    }

    /** A connection that is going to be encrypted costs more than most: others have their turn in between. */
    @Override
    public boolean makeRoom(Acceptor asking) {
        if (tls == null || ending) {
            return true;
        }
        if (accepted == 0) {
            context.reactor().atTurnEnd(() -> accepted = 0);
        }
        accepted++;
        return accepted == 1 || !context.reactor().isTurnLong();
    }

    @Override
    public void onAccepted(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            InetSocketAddress peer = (InetSocketAddress) channel.getRemoteAddress();
            if (!access.mayConnect(peer.getAddress())) {
                log.count(Counter.CONTROL_FORBIDDEN, "control", "peer", AddressText.host(peer.getAddress()));
                Channels.close(channel);
                return;
            }
            if (connections.size() >= MAX_CONNECTIONS) {
                refuse(channel);
                return;
            }
            connections.add(new ControlConnection(context, this, channel, streamOver(channel)));
            fds.hold(1);
        } catch (IOException peerGone) {
            Channels.close(channel);
        }
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "control channel";
    }

    @Override
    public void onAcceptFailed(IOException fault) {
        log.count(Counter.ACCEPT_FAILED, "control channel", "why", fault);
    }

    /** Whether registers are refused because Lander ends. */
    public boolean isEnding() {
        return ending;
    }

    @Override
    public void shedGreatest() {
        connections.stream()
                .max(Comparator.comparingLong(ControlConnection::heldBytes))
                .ifPresent(this::shed);
    }

    private void shed(ControlConnection greatest) {
        log.count(Counter.CONTROL_MEMORY, greatest, "held_bytes", greatest.heldBytes());
        greatest.close();
    }

    private ControlStream streamOver(SocketChannel channel) {
        return tls == null ? new PlainStream(channel) : new TlsStream(channel, tls, handshakes);
    }

    /** When the certificate that new connections are shown expires; null when they are not encrypted. */
    public @Nullable Instant certificateExpires() {
        return tls == null ? null : tls.expires();
    }

    @Override
    public void onClosed(ControlConnection connection) {
        if (connections.remove(connection)) {
            fds.release(1);
        }
    }

    private void refuse(SocketChannel channel) throws IOException {
        log.count(Counter.CONTROL_REFUSED, "control", "open", connections.size());
        if (tls == null) { // a handshake would cost more than the refusal is worth
            channel.read(context.readBuffer().clear()); // closing with something unread would cost the peer the reply
            String why = MAX_CONNECTIONS + " control connections are open, and that is the limit";
            channel.write(CommandCodec.encode(new Reply(ErrorCode.LIMIT, why)));
        }
        Channels.close(channel);
    }
}
