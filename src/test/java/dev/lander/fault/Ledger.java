package dev.lander.fault;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** What both ends of every exchange say has become of it; from any thread. */
final class Ledger {
    private final ConcurrentSkipListMap<String, AtomicLong> counts = new ConcurrentSkipListMap<>();
    private final Set<Long> takenByHonest = ConcurrentHashMap.newKeySet();
    private final Set<Long> servedByHonest = ConcurrentHashMap.newKeySet();
    private final Map<Long, String> failedHonestClients = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();

    /** A number that no other exchange has. */
    long nextId() {
        return ids.incrementAndGet();
    }

    void count(String what) {
        counts.computeIfAbsent(what, first -> new AtomicLong()).incrementAndGet();
    }

    long counted(String what) {
        AtomicLong count = counts.get(what);
        return count == null ? 0 : count.get();
    }

    /** An honest server has read the request's head: from now on nothing may go wrong. */
    void taken(long id) {
        takenByHonest.add(id);
    }

    /** An honest server has got and sent every byte. */
    void served(long id) {
        servedByHonest.add(id);
    }

    /** An honest client has not got what it asked for. */
    void failed(long id, String why) {
        failedHonestClients.put(id, why);
    }

    /** Exchanges between two honest ends that failed, with the client's reason. */
    Map<Long, String> lost() {
        Map<Long, String> lost = new TreeMap<>(failedHonestClients);
        lost.keySet().retainAll(takenByHonest);
        return lost;
    }

    int served() {
        return servedByHonest.size();
    }

    /** A table of what was counted. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder();
        counts.forEach((what, count) -> table.append(String.format("  %-44s %,10d%n", what, count.get())));
        return table.toString();
    }
}
