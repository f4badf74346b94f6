package dev.lander.relay;

/**
 * Holds bytes to a number per second, by a bucket that is full at first. It may be overdrawn, by what can't be cut, and
 * then is empty for the longer. Kept as the time up to which all has been used.
 */
public final class ByteBucket {
    private static final long SECOND_NS = 1_000_000_000;

    private final int bytesPerSecond;
    private final long burstNs;
    private long usedNs;

    /**
     * A full one.
     *
     * @param bytesPerSecond more than 0
     * @param burstNs it holds the bytes of this time, or one byte if that is less
     */
    public ByteBucket(int bytesPerSecond, long burstNs, long nowNs) {
        this.bytesPerSecond = bytesPerSecond;
        this.burstNs = Math.max(burstNs, (SECOND_NS + bytesPerSecond - 1) / bytesPerSecond);
        this.usedNs = nowNs - this.burstNs;
    }

    /** How many bytes are left in it; less than 0 when it is overdrawn. */
    public long left(long nowNs) {
        usedNs = Math.max(usedNs, nowNs - burstNs);
        return (nowNs - usedNs) * bytesPerSecond / SECOND_NS;
    }

    /** Whether all that was used has been made up for. */
    public boolean isFull(long nowNs) {
        return usedNs <= nowNs - burstNs;
    }

    /** This many bytes were used. */
    public void use(int bytes) {
        usedNs += bytes * SECOND_NS / bytesPerSecond;
    }
}
