package dev.lander.relay.tcp;

import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Balancers in front, whose connections begin with a PROXY header. */
final class Balancers {
    /**
     * A PROXY header, which a balancer sends with its first packet, comes within this time: when that packet is lost,
     * the system sends it again after 0.2 to 1 s, and once more after twice that.
     */
    private static final Duration HEADER_TIMEOUT = Duration.ofSeconds(5);

    private final Reactor reactor;
    private final List<AddressRange> addresses;
    private final Deadlines timeouts;
    private boolean cutting;

    /** @param addresses where balancers connect from; empty = there are none */
    Balancers(Reactor reactor, List<AddressRange> addresses) {
        this.reactor = reactor;
        this.addresses = addresses;
        this.timeouts = reactor.ownDeadlines(HEADER_TIMEOUT);
    }

    /** Whether the client's connection comes from a balancer. */
    boolean isOne(Client client) {
        return !addresses.isEmpty() && isOne(client.address().getAddress());
    }

    private boolean isOne(InetAddress peer) {
        return addresses.stream().anyMatch(range -> range.contains(peer));
    }

    /**
     * Reads the header of a balancer's connection, whose channel is non-blocking.
     *
     * @param whenRead hears of the client when the header is whole; not at all when none comes
     * @throws IOException when the connection has gone
     */
    void readHeader(Client connection, ProxyHeaderReader.Listener whenRead) throws IOException {
        new ProxyHeaderReader(this, connection, timeouts, whenRead).begin(reactor);
    }

    /** Whether Lander ends, and so waits for no header any more. */
    boolean isCutting() {
        return cutting;
    }

    /** Ends all connections whose headers have not come. */
    void cut() {
        cutting = true;
        while (timeouts.expireFirst()) {
            // Each ends its connection.
        }
    }
}
