package dev.lander.registry;

/** What one component has done. All components together count in {@link Traffic}, too. */
public final class Tally {
    private final Protocol protocol;
    private final Traffic all;
    private long total;
    private long bytesIn;
    private long bytesOut;
    private long failures;
    private long answersMissing;

    Tally(Protocol protocol, Traffic all) {
        this.protocol = protocol;
        this.all = all;
    }

    /** Relays begun; UDP: datagrams sent to it. */
    public long total() {
        return total;
    }

    /** Bytes from clients to it. */
    public long bytesIn() {
        return bytesIn;
    }

    /** Bytes from it to clients. */
    public long bytesOut() {
        return bytesOut;
    }

    /** Tries to reach it that failed. */
    public long failures() {
        return failures;
    }

    /** UDP: declared answers that did not come in time. */
    public long answersMissing() {
        return answersMissing;
    }

    /** A relay to it stands, or a datagram was sent to it. */
    public void countBegun() {
        total++;
        all.countBegun(protocol);
    }

    /** This many bytes went from clients to it. */
    public void countBytesIn(long bytes) {
        bytesIn += bytes;
        all.countBytesIn(bytes);
    }

    /** This many bytes went from it to clients. */
    public void countBytesOut(long bytes) {
        bytesOut += bytes;
        all.countBytesOut(bytes);
    }

    /** This many declared answers did not come in time. */
    public void countAnswersMissing(long count) {
        answersMissing += count;
    }

    void countFailure() {
        failures++;
    }
}
