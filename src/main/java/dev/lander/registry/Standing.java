package dev.lander.registry;

/** From where a component can be chosen. */
enum Standing {
    /** Whenever its turn comes. */
    IN_ROTATION,
    /** When nobody in rotation can serve. */
    LAST_RESORT,
    /** Never: draining, bad, full or gone. */
    OUT
}
