package dev.lander.relay.tcp;

import dev.lander.sockets.FdBudget;

/** The descriptors of knocks under way. */
final class ProbeDescriptors {
    /** Knocks take at most this part of the descriptors: the rest is the clients', whatever is unreachable. */
    private static final int SHARE = 8;

    private final FdBudget fds;
    private int taken;

    ProbeDescriptors(FdBudget fds) {
        this.fds = fds;
    }

    /** Takes one; false when there is none to spare. */
    boolean take() {
        if (taken >= fds.total() / SHARE || fds.free() < 1) {
            return false;
        }
        taken++;
        fds.hold(1);
        return true;
    }

    /** The knock is over, and its channel closed. */
    void giveBack() {
        taken--;
        assert taken >= 0 : "more knocks have ended than began";
        fds.release(1);
    }
}
