package dev.lander.simulation.network;

/** Why a router on the way lets nothing through to a destination, as it tells the sender (ICMP). */
public enum Barrier {
    /** There is no such host. */
    NO_HOST,
    /** It is not allowed. */
    PROHIBITED
}
