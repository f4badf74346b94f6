package dev.lander.sockets;

/**
 * How many file descriptors the process may still use: its limit, less a reserve for what is not a socket of Lander's,
 * less each bound or control socket, less what relays and flows hold.
 */
public final class FdBudget {
    private static final int SMALL_LIMIT = 4_096;
    private static final int SMALL_RESERVE = 48;
    private static final int RESERVE = 128;

    /** More than the handlers of one turn take. */
    private static final int SCARCE = 1_024;

    private final int total;
    private int held;

    /** Those of the held ones that will be free after the next select. */
    private int closing;

    /** Told whenever something was released. */
    private Runnable releaseListener = () -> {};

    /**
     * A budget of which nothing is held yet.
     *
     * @param processLimit the process's limit of open descriptors
     */
    public FdBudget(long processLimit) {
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

    /** Whether one turn could use up what is free. */
    public boolean isScarce() {
        return free() < SCARCE;
    }

    /** So many descriptors more are held. */
    public void hold(int count) {
        held += count;
    }

    /** So many descriptors are free again. */
    public void release(int count) {
        held -= count;
        assert held >= 0 : "more descriptors were released than were held";
        releaseListener.run();
    }

    /** Sockets were closed that hold their descriptors until the next select; {@link #onClosed} is to follow then. */
    public void onClosing(int count) {
        closing += count;
    }

    /** The select has given back what {@link #onClosing} told of. */
    public void onClosed(int count) {
        closing -= count;
        assert closing >= 0 : "more descriptors were given back than were closing";
        release(count);
    }

    /** How many descriptors will be free after the next select, besides those that are. */
    public int closing() {
        return closing;
    }

    /** Runs the listener whenever descriptors were released. */
    public void onRelease(Runnable listener) {
        releaseListener = listener;
    }
}
