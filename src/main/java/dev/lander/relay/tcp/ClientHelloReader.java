package dev.lander.relay.tcp;

import dev.lander.listing.Progress;
import dev.lander.listing.RelayPhase;
import dev.lander.listing.WaitsFor;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.ReadyHandler;
import dev.lander.registry.Component;
import dev.lander.relay.RelayEnd;
import dev.lander.relay.proxy.ProxiedClient;
import dev.lander.relay.tls.ClientHello;
import dev.lander.relay.tls.ClientHelloDecoder;
import dev.lander.relay.tls.MalformedHelloException;
import dev.lander.relay.tls.PostgresRequestDecoder;
import dev.lander.text.ShownText;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the first message of a client whose port is shared by services. What is read is kept, and relayed as it is.
 * The client holds its slot meanwhile.
 */
final class ClientHelloReader implements ReadyHandler, DeadlineHandler, ClientStage {
    /** Wants to know what the client asks for. */
    interface Listener {
        /** It is known. The listener owns the connection from now on. */
        void onHello(Client client, Introduction introduction);
    }

    private final AwaitedHellos hellos;
    private final Client client;
    private final @Nullable ProxiedClient told;
    private final Listener listener;
    private final ClientHelloDecoder decoder = new ClientHelloDecoder();

    /** Looks at what comes ahead of a hello; null = nothing does, or it has come. */
    private @Nullable PostgresRequestDecoder request;

    /** It has asked for TLS, and was told to begin. */
    private boolean tlsGranted;

    /** Bytes that {@link AwaitedHellos#hold} was told of. */
    private int held;

    /** It has sent all that it ever will, and that is no whole hello. */
    private boolean ended;

    /** Null as long as the loop was not asked for more. */
    private @Nullable SelectionKey key;

    private @Nullable Deadline deadline;

    /**
     * For a client, whose channel is non-blocking.
     *
     * @param told what a balancer in front has told of it; null = it came by itself
     * @param postgres whether it may ask for TLS as PostgreSQL's clients do
     */
    ClientHelloReader(
            AwaitedHellos hellos, Client client, @Nullable ProxiedClient told, boolean postgres, Listener listener) {
        this.request = postgres ? new PostgresRequestDecoder() : null;
        this.hellos = hellos;
        this.client = client;
        this.told = told;
        this.listener = listener;
    }

    /** What has come already is looked at now. */
    void begin() {
        client.reach(this);
        try {
            boolean known = told != null
                    && told.early().hasRemaining()
                    && take(told.early().duplicate());
            if (!known && !client.hasLeft()) {
                known = read();
            }
            if (known) {
                conclude();
            } else if (!client.hasLeft()) {
                await();
            }
        } catch (IOException fault) {
            onFault(fault);
        }
    }

    private void await() throws IOException {
        key = hellos.reactor().register(client.channel(), SelectionKey.OP_READ, this);
        deadline = hellos.timeouts().create(this);
        deadline.start();
    }

    @Override
    public @Nullable Component component() {
        return null;
    }

    @Override
    public Progress progress() {
        return Progress.before(RelayPhase.CLIENT_HELLO, WaitsFor.CLIENT);
    }

    @Override
    public void onReady(int readyOps) throws IOException {
        if (read()) {
            conclude();
        }
    }

    @Override
    public void onDeadline(Deadline due) {
        if (hellos.isCutting()) {
            end();
            client.refuse(Counter.CLIENT_ENDING, RelayEnd.CUT);
        } else {
            refuse(Counter.CLIENT_HELLO_MISSING, "none came in time");
        }
    }

    @Override
    public void onFault(Exception fault) {
        if (fault instanceof MalformedHelloException) {
            refuse(Counter.CLIENT_HELLO_BROKEN, String.valueOf(fault.getMessage()));
        } else if (fault instanceof IOException) {
            refuse(Counter.CLIENT_HELLO_MISSING, String.valueOf(fault.getMessage()));
        } else {
            end();
            client.onFault(fault);
        }
    }

    /** As in the log. */
    @Override
    public String toString() {
        return client.toString();
    }

    /** Reads once; whether it is known what the client asks for. */
    private boolean read() throws IOException {
        PostgresRequestDecoder ahead = request;
        ByteBuffer room = hellos.room(ahead == null ? decoder.room() : decoder.room() - PostgresRequestDecoder.LENGTH);
        int begin = room.position();
        int count = client.channel().read(room);
        ended = count < 0;
        if (ended && tlsGranted) {
            throw new EOFException("the connection has ended before");
        } else if (ended && ahead != null) {
            decoder.take(ahead.received());
        }
        return ended || (count > 0 && take(room.limit(begin + count).position(begin)));
    }

    /** Looks at what has come; whether it is known what the client asks for. */
    private boolean take(ByteBuffer bytes) throws IOException {
        PostgresRequestDecoder ahead = request;
        if (ahead != null) {
            answer(ahead, bytes);
            return request == null && !tlsGranted && takeHello(ahead.received());
        }
        return takeHello(bytes);
    }

    private void answer(PostgresRequestDecoder ahead, ByteBuffer bytes) throws IOException {
        switch (ahead.take(bytes)) {
            case TLS -> {
                tlsGranted = true;
                request = null;
                answer(PostgresRequestDecoder.YES);
            }
            case GSS -> answer(PostgresRequestDecoder.NO);
            case SOMETHING_ELSE -> request = null;
            case NOTHING_YET -> {
                // waits for more
            }
        }
    }

    private void answer(byte answer) throws IOException {
        if (client.channel().write(ByteBuffer.wrap(new byte[] {answer})) == 0) {
            throw new IOException("it does not read the answer to its request");
        }
    }

    private boolean takeHello(ByteBuffer bytes) throws IOException {
        decoder.take(bytes);
        int before = held;
        held = decoder.held();
        if (!hellos.hold(held - before)) {
            refuse(Counter.CLIENT_HELLO_MEMORY, "all that are not whole take too much memory");
            return false;
        }
        if (!decoder.isWhole()) {
            return false;
        } else if (tlsGranted && !decoder.isTls()) {
            throw new MalformedHelloException("it has asked for TLS, and does not begin it");
        }
        return true;
    }

    private void conclude() {
        end();
        InetSocketAddress asked = told == null ? null : told.asked();
        listener.onHello(client, new Introduction(asked, decoder.received(), hello(), tlsGranted));
    }

    /** What the client asks for; where it asks for nothing, what it has asked a balancer for that has ended its TLS. */
    private @Nullable ClientHello hello() {
        ClientHello own = ended ? null : decoder.hello();
        if (told != null && told.hello() != null && (own == null || own.isEmpty())) {
            return told.hello();
        }
        return own;
    }

    /** Waits for nothing more. */
    private void end() {
        hellos.hold(-held);
        held = 0;
        if (deadline != null) {
            deadline.stop();
        }
        if (key != null && key.isValid()) {
            key.interestOps(0); // until a component is found
        }
    }

    private void refuse(Counter cause, String why) {
        end();
        client.refuse(cause, RelayEnd.CLIENT_HELLO, new Refused(this, why));
    }

    /** Made into text only where it is logged. */
    private record Refused(ClientHelloReader reader, String why) {
        @Override
        public String toString() {
            return reader + " why=" + ShownText.quoted(why);
        }
    }
}
