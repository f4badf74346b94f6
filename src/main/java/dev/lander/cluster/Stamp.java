package dev.lander.cluster;

/**
 * When somebody said something, by a clock that all members agree on well enough: later news has a greater stamp.
 *
 * @param time milliseconds, or more where a member has heard of later ones
 * @param member who said it
 */
record Stamp(long time, MemberId member) implements Comparable<Stamp> {
    @Override
    public int compareTo(Stamp other) {
        int byTime = Long.compare(time, other.time);
        return byTime == 0 ? member.compareTo(other.member) : byTime;
    }

    boolean isAfter(Stamp other) {
        return compareTo(other) > 0;
    }
}
