package dev.lander.simulation.network;

import java.net.SocketException;

/** The open descriptors of one process, and what it does with them. */
public final class Descriptors {
    private final int limit;
    private final Calls calls = new Calls();
    private int open;

    /** None is open; this many may be. */
    public Descriptors(int limit) {
        this.limit = limit;
    }

    /** How many are open. */
    public int open() {
        return open;
    }

    /** What the process has asked of the system. */
    public Calls calls() {
        return calls;
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
