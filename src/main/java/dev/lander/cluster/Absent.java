package dev.lander.cluster;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The members that are lost, while something that they held is still served. */
final class Absent {
    private final long graceNs;

    /** Since when each is, in the loop's nanoseconds. */
    private final Map<MemberId, Long> sinceNs = new HashMap<>();

    /** Those whose grace is over. */
    private final Set<MemberId> forLong = new HashSet<>();

    /** @param graceNs for so long what a lost member held is served as it was */
    Absent(long graceNs) {
        this.graceNs = graceNs;
    }

    void lose(MemberId member, long nowNs) {
        sinceNs.put(member, nowNs);
    }

    /** It is back, or nothing that it held is served any more. */
    void forget(MemberId member) {
        sinceNs.remove(member);
        forLong.remove(member);
    }

    boolean is(MemberId member) {
        return sinceNs.containsKey(member);
    }

    boolean isForLong(MemberId member) {
        return forLong.contains(member);
    }

    boolean areAll(Collection<MemberId> members) {
        return sinceNs.keySet().containsAll(members);
    }

    Set<MemberId> all() {
        return Set.copyOf(sinceNs.keySet());
    }

    /** Whether there are any. */
    boolean isEmpty() {
        return sinceNs.isEmpty();
    }

    /** Whether its grace is over now and was not when this was last asked. */
    boolean passesGrace(MemberId member, long nowNs) {
        return lostForNs(member, nowNs) >= graceNs && forLong.add(member);
    }

    /** For how long it has been lost, in nanoseconds; 0 = it is not. */
    long lostForNs(MemberId member, long nowNs) {
        Long since = sinceNs.get(member);
        return since == null ? 0 : nowNs - since;
    }
}
