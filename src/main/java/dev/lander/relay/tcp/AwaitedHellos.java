package dev.lander.relay.tcp;

import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.relay.proxy.ProxiedClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Clients whose first message says which of a port's services they ask for, as long as it has not come. */
final class AwaitedHellos {
    /** A client sends its hello at once; when its first packets are lost, they come again after 1 and 3 s. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** This part of what may be spilled is for those that are not whole. */
    private static final int PART_OF_SPILLS = 4;

    private final Reactor reactor;
    private final ReadBuffer buffer;
    private final Deadlines timeouts;
    private final long budget;

    /** Bytes of those that are not whole. */
    private long held;

    private boolean cutting;

    /** @param buffer what is read goes there first */
    AwaitedHellos(Reactor reactor, ReadBuffer buffer) {
        this.reactor = reactor;
        this.buffer = buffer;
        this.timeouts = reactor.ownDeadlines(TIMEOUT);
        this.budget = buffer.spills().budget() / PART_OF_SPILLS;
    }

    /**
     * Reads the hello of a client, whose channel is non-blocking.
     *
     * @param told what a balancer in front has told of it; null = it came by itself
     * @param postgres whether it may ask for TLS as PostgreSQL's clients do
     * @param whenRead hears of the hello; not at all when none comes
     */
    void read(Client client, @Nullable ProxiedClient told, boolean postgres, ClientHelloReader.Listener whenRead) {
        new ClientHelloReader(this, client, told, postgres, whenRead).begin();
    }

    Reactor reactor() {
        return reactor;
    }

    /** Where to read at most this many bytes; good until it is next asked for. */
    ByteBuffer room(int most) {
        ByteBuffer room = buffer.room();
        return room.limit(room.position() + Math.min(most, room.remaining()));
    }

    /** Of the length that a hello may take. */
    Deadlines timeouts() {
        return timeouts;
    }

    /** This many bytes more are held, or less; false when all together hold too much. */
    boolean hold(int bytes) {
        held += bytes;
        assert held >= 0 : "more bytes of hellos were let go than were held";
        return held <= budget;
    }

    /** Whether Lander ends, and so waits for no hello any more. */
    boolean isCutting() {
        return cutting;
    }

    /** Ends all connections whose hellos have not come. */
    void cut() {
        cutting = true;
        while (timeouts.expireFirst()) {
            // Each ends its connection.
        }
    }
}
