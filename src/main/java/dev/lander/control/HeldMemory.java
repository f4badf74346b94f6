package dev.lander.control;

/**
 * How much memory all control connections hold together: for messages that are not carried out yet, and for such that
 * their peers have not read. Each connection has limits of its own, but thousands that use them up would take
 * gigabytes.
 */
final class HeldMemory {
    private static final long MAX_BUDGET = 64L * 1024 * 1024;

    /** What one connection holds. */
    final class Share {
        private long bytes;

        long bytes() {
            return bytes;
        }

        /** The connection holds this many bytes now. */
        void set(long now) {
            used += now - bytes;
            bytes = now;
        }
    }

    private final long budget;
    private long used;

    /**
     * A quarter of the heap, up to a fixed limit, for all connections together.
     *
     * @param heap bytes that the process may use for everything
     */
    HeldMemory(long heap) {
        this.budget = Math.min(MAX_BUDGET, heap / 4);
    }

    /** Whether reads should be small, so that all may go on. */
    boolean isShort() {
        return used > budget / 2;
    }

    /** Whether the connection that holds the most should go. */
    boolean isExceeded() {
        return used > budget;
    }
}
