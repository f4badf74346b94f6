package dev.lander.sockets;

import java.util.concurrent.Executor;

/**
 * How many file descriptors the process may still use: its limit, less a reserve for what is not a socket of Lander's,
 * less each bound or control socket, less what relays and flows hold. A closed channel that was registered keeps its
 * descriptor until the next select, so what is released is free from then on only.
 */
public final class FdBudget {
    /** As a limit of what takes descriptors: as many as there are. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final int SMALL_LIMIT = 4_096;
    private static final int SMALL_RESERVE = 48;
    private static final int RESERVE = 128;

    /** More than the handlers of one turn take. */
    private static final int SCARCE = 8_192;

    private final int total;
    private final Executor afterSelect;
    private final Runnable giveBack = this::giveBack;
    private int held;

    /** How many of those held belong to channels that are closed. */
    private int closing;

    /** Told whenever something was released. */
    private Runnable releaseListener = () -> {};

    /**
     * All descriptors of the process, less the reserve.
     *
     * @param processLimit the process's limit of open descriptors
     * @param afterSelect runs a task after the next select
     */
    public FdBudget(long processLimit, Executor afterSelect) {
        this.afterSelect = afterSelect;
        long reserve = processLimit < SMALL_LIMIT ? SMALL_RESERVE : RESERVE;
        this.total = (int) Math.max(0, Math.min(Integer.MAX_VALUE, processLimit - reserve));
    }

    /** All that sockets may take. */
    public int total() {
        return total;
    }

    /** What is still free; less than 0 when sockets that nobody may refuse took more than there is. */
    public int free() {
        return total - held;
    }

    /** What will be free after the next select, if nothing more is taken. */
    public int freeSoon() {
        return free() + closing;
    }

    /** This many descriptors more are held. */
    public void hold(int count) {
        held += count;
    }

    /**
     * Channels with this many descriptors were closed. When one turn could use up what is free, they count as held
     * until the next select.
     */
    public void release(int count) {
        closing += count;
        assert closing <= held : "more descriptors are released than held";
        if (free() >= SCARCE) {
            giveBack();
        } else if (closing == count) {
            afterSelect.execute(giveBack);
        }
    }

    private void giveBack() {
        held -= closing;
        closing = 0;
        releaseListener.run();
    }

    /** Runs the listener whenever descriptors have become free. */
    public void onRelease(Runnable listener) {
        releaseListener = listener;
    }
}
