package dev.lander.registry;

import java.util.function.Consumer;

/** How much of its weight a component has: less at first, if it has asked for a slow start. */
final class SlowStart {
    /**
     * A full weight is 16 parts: as fine as HAProxy's slow start, and a power of two, which keeps Maglev's table
     * stable.
     */
    static final int ALL_PARTS = 16;

    private final Consumer<Runnable> rearrange;
    private int parts = ALL_PARTS;

    /** @param rearrange runs a change of the weight, which the component's policy must not see happen */
    SlowStart(Consumer<Runnable> rearrange) {
        this.rearrange = rearrange;
    }

    int parts() {
        return parts;
    }

    /** Begins with one part, if it is to take any time; whether it is. */
    boolean begin(long lengthNs) {
        if (lengthNs == 0) {
            return false;
        }
        set(1);
        return true;
    }

    /** Grows to what is due; whether it grows on. */
    boolean grow(long elapsedNs, long lengthNs) {
        set(dueParts(elapsedNs, lengthNs));
        return parts < ALL_PARTS;
    }

    private void set(int due) {
        if (due != parts) {
            rearrange.accept(() -> parts = due);
        }
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
