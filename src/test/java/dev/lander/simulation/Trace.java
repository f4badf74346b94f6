package dev.lander.simulation;

import java.util.ArrayDeque;
import java.util.List;

/** Everything that happened in a run, as lines that a person can read; kept as a digest and the last of them. */
final class Trace {
    private static final int KEPT = 50;
    private static final long FNV_PRIME = 0x100000001b3L;

    private record Entry(long nowNs, Object actor, String what) {
        @Override
        public String toString() {
            return String.format("%14.6f %s %s", nowNs / 1e9, actor, what);
        }
    }

    private final boolean printed;
    private final ArrayDeque<Entry> last = new ArrayDeque<>();
    private long hash = 0xcbf29ce484222325L; // FNV-1a's

    /** Printed as it happens, or only kept. */
    Trace(boolean printed) {
        this.printed = printed;
    }

    /** The actor did this, or this happened to it. */
    void add(long nowNs, Object actor, String what) {
        hash = (hash ^ nowNs) * FNV_PRIME;
        add(actor.toString());
        add(what);
        Entry entry = new Entry(nowNs, actor, what);
        if (printed) {
            System.out.println(entry);
        }
        last.add(entry);
        if (last.size() > KEPT) {
            last.remove();
        }
    }

    /** A digest of all lines. */
    String hash() {
        return String.format("%016x", hash);
    }

    /** The last lines. */
    List<String> last() {
        return last.stream().map(Entry::toString).toList();
    }

    private void add(String text) {
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
    }
}
