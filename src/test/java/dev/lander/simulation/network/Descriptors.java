package dev.lander.simulation.network;

import java.net.SocketException;

/** The open descriptors of one process, and what it does with them. */
public final class Descriptors {
    private static final int FEW = 2;

    private final int limit;
    private final Calls calls = new Calls();
    private int open;
    private boolean scarce;

    /** None is open; this many may be. */
    public Descriptors(int limit) {
        this.limit = limit;
    }

    /** Whether something else has taken most of them. */
    public boolean areScarce() {
        return scarce;
    }

    /** How many are open. */
    public int open() {
        return open;
    }

    /** What the process has asked of the system. */
    public Calls calls() {
        return calls;
    }

    /**
     * Something else in the process takes all but a few of those that are left.
     *
     * @return gives them back
     */
    public Runnable takeMost() {
        int taken = Math.max(0, limit - open - FEW);
        open += taken;
        scarce = true;
        return () -> {
            open -= taken;
            scarce = false;
        };
    }

    void take() throws SocketException {
        if (!hasMore()) {
            throw new SocketException("Too many open files");
        }
        open++;
    }

    boolean hasMore() {
        return open < limit;
    }

    void giveBack() {
        open--;
    }
}
