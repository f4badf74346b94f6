package dev.lander.relay.udp;

import dev.lander.metrics.BurstLog;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Service;
import dev.lander.relay.AccessLog;
import dev.lander.relay.RoundedDuration;
import java.time.Duration;

/**
 * What everything here works with.
 *
 * @param usualTimeout a flow without a datagram for this long is closed, unless its service says otherwise
 */
record UdpContext(
        Reactor reactor,
        BurstLog log,
        AccessLog accessLog,
        FlowBudget budget,
        UdpBuffers buffers,
        Duration usualTimeout) {
    /** Datagrams taken from one socket in one turn. */
    static final int DATAGRAMS_PER_TURN = 64;

    /** A flow of the service without a datagram for this long is closed. */
    Duration timeoutOf(Service service) {
        Long ns = service.udpTimeoutNs();
        return ns == null ? usualTimeout : RoundedDuration.ofNs(ns);
    }
}
