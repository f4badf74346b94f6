package dev.lander.cluster;

import java.util.function.LongSupplier;

/**
 * Stamps that are greater than all that this member has given or seen, whatever its machine's clock does: the time part
 * of a hybrid logical clock (Kulkarni and others, "Logical Physical Clocks", 2014), in one number.
 */
final class HybridClock {
    private final LongSupplier millis;
    private final MemberId self;
    private long last;

    /** @param millis the machine's wall clock */
    HybridClock(LongSupplier millis, MemberId self) {
        this.millis = millis;
        this.self = self;
    }

    Stamp next() {
        last = Math.max(last + 1, millis.getAsLong());
        return new Stamp(last, self);
    }

    /** Another's stamp has been seen. */
    void see(Stamp other) {
        last = Math.max(last, other.time());
    }
}
