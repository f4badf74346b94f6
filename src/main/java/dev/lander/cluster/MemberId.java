package dev.lander.cluster;

/** One run of one Lander in the cluster; one that starts again is another. Ordered, so that ties have a winner. */
public record MemberId(long high, long low) implements Comparable<MemberId> {
    @Override
    public int compareTo(MemberId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh == 0 ? Long.compareUnsigned(low, other.low) : byHigh;
    }

    /** Sixteen hexadecimal digits: enough to tell members apart. */
    @Override
    public String toString() {
        return String.format("%016x", high ^ low);
    }
}
