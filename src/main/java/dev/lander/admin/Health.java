package dev.lander.admin;

import dev.lander.listing.ClusterStatus;
import dev.lander.text.Word;

/** What {@code /healthz} says: whether clients should come here. */
enum Health implements Word {
    OK,
    /** Lander ends. */
    DRAINING,
    /** It has begun, and does not know yet what is registered with the others of its cluster. */
    JOINING;

    /** On the reactor's thread. */
    static Health of(Sources sources) {
        if (sources.control().isEnding()) {
            return DRAINING;
        }
        ClusterStatus cluster = sources.listings().cluster().status();
        return cluster != null && cluster.joining() ? JOINING : OK;
    }
}
