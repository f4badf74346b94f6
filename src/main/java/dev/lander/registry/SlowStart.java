package dev.lander.registry;

/** How much of its weight a component has: less at first, if it has asked for a slow start. */
final class SlowStart {
    /**
     * A full weight is 16 parts: as fine as HAProxy's slow start, and a power of two, which keeps Maglev's table
     * stable.
     */
    static final int ALL_PARTS = 16;

    private int parts = ALL_PARTS;

    int parts() {
        return parts;
    }

    void setParts(int due) {
        parts = due;
    }

    /**
     * The parts that are due.
     *
     * @param elapsedNs since the slow start began
     * @param lengthNs how long it takes
     */
    static int dueParts(long elapsedNs, long lengthNs) {
        return elapsedNs >= lengthNs ? ALL_PARTS : 1 + (int) ((ALL_PARTS - 1) * elapsedNs / lengthNs);
    }
}
