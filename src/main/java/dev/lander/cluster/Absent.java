package dev.lander.cluster;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The members that are lost, while something that they held is still served. */
final class Absent {
    private final long graceNs;

    private Runnable listener = () -> {};

    /** Since when one is: in the loop's nanoseconds, and in milliseconds since 1970. */
    private record Since(long ns, long ms) {}

    private final Map<MemberId, Since> since = new HashMap<>();

    /** Those whose grace is over. */
    private final Set<MemberId> forLong = new HashSet<>();

    /** @param graceNs for so long what a lost member held is served as it was */
    Absent(long graceNs) {
        this.graceNs = graceNs;
    }

    /** Runs the listener whenever one is lost. */
    void onAdded(Runnable hears) {
        listener = hears;
    }

    void lose(MemberId member, long nowNs, long nowMs) {
        since.put(member, new Since(nowNs, nowMs));
        listener.run();
    }

    /** It is back, or nothing that it held is served any more. */
    void forget(MemberId member) {
        since.remove(member);
        forLong.remove(member);
    }

    boolean is(MemberId member) {
        return since.containsKey(member);
    }

    boolean isForLong(MemberId member) {
        return forLong.contains(member);
    }

    boolean areAll(Collection<MemberId> members) {
        return since.keySet().containsAll(members);
    }

    Set<MemberId> all() {
        return Set.copyOf(since.keySet());
    }

    /** Whether there are any. */
    boolean isEmpty() {
        return since.isEmpty();
    }

    /** Whether its grace is over now and was not when this was last asked. */
    boolean passesGrace(MemberId member, long nowNs) {
        return lostForNs(member, nowNs) >= graceNs && forLong.add(member);
    }

    /** For how long it has been lost, in nanoseconds; 0 = it is not. */
    long lostForNs(MemberId member, long nowNs) {
        Since lost = since.get(member);
        return lost == null ? 0 : nowNs - lost.ns();
    }

    /** Since when it has been lost, in milliseconds since 1970; 0 = it is not. */
    long lostSinceMs(MemberId member) {
        Since lost = since.get(member);
        return lost == null ? 0 : lost.ms();
    }
}
