package dev.lander.registry;

/** From where a component can be chosen. */
enum Standing {
    /** Whenever its turn comes. */
    IN_ROTATION,
    /** When nobody in rotation can serve. */
    LAST_RESORT,
    /** Never: draining, bad, full or gone. */
    OUT;

    /**
     * Where a component belongs.
     *
     * @param mayServe whether it may be chosen at all
     * @param isWell whether it may be chosen whenever its turn comes
     */
    static Standing of(boolean mayServe, boolean isWell) {
        if (!mayServe) {
            return OUT;
        }
        return isWell ? IN_ROTATION : LAST_RESORT;
    }
}
