package dev.lander.listing;

import dev.lander.text.Word;

/** What happens among the Landers of a cluster, by the word that the log, {@code /api/events} and the manual have. */
public enum ClusterEvent implements Word {
    /** Another Lander is reached, for the first time or again. */
    MEMBER_JOINED,
    /** It has ended, or is no longer reached. */
    MEMBER_LOST,
    /** It has said that it ends. */
    MEMBER_LEAVING,
    /** It cannot serve what is registered here. */
    PEER_CANNOT_SERVE,
    /** It can, after all. */
    PEER_SERVES,
    /** What a service was registered with here has given way to what it was registered with earlier elsewhere. */
    TERMS_LOST
}
