package dev.lander;

import dev.lander.relay.RelaySettings;
import dev.lander.sockets.FdBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Limits of relays and flows within what the descriptors allow. */
final class PossibleLimits {
    private static final Logger LOG = LoggerFactory.getLogger(PossibleLimits.class);

    private PossibleLimits() {}

    /** Lowers with a warning what a user wants beyond it. */
    static RelaySettings of(RelaySettings wanted, int descriptors) {
        RelaySettings possible = wanted.within(descriptors);
        warnIfLowered(
                "--max-connections",
                wanted.tcp().maxConnections(),
                possible.tcp().maxConnections());
        warnIfLowered("--max-udp-flows", wanted.udp().maxFlows(), possible.udp().maxFlows());
        return possible;
    }

    private static void warnIfLowered(String option, int wanted, int possible) {
        if (possible < wanted && wanted != FdBudget.UNLIMITED) {
            LOG.warn("{} lowered to {}: the limit of open files allows no more", option, possible);
        }
    }
}
