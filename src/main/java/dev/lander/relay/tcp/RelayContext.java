package dev.lander.relay.tcp;

import dev.lander.metrics.BurstLog;
import dev.lander.reactor.Reactor;

/**
 * What every relay works with.
 *
 * @param buffer what it reads into
 * @param splices move its bytes while it streams
 * @param deadlines what time does to it
 */
record RelayContext(Reactor reactor, BurstLog log, ReadBuffer buffer, Splices splices, RelayDeadlines deadlines) {}
