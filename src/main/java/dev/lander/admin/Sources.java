package dev.lander.admin;

import dev.lander.control.ControlServer;
import dev.lander.listing.Listings;
import dev.lander.metrics.Metrics;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Registry;
import dev.lander.relay.RelayPorts;

/**
 * Whose state is shown. Apart from {@link Reactor#execute} only for the reactor's thread.
 *
 * @param controlPort where the control channel listens
 */
public record Sources(
        Reactor reactor,
        Registry registry,
        RelayPorts relayPorts,
        Listings listings,
        ControlServer control,
        Metrics metrics,
        EventHistory events,
        int controlPort) {}
