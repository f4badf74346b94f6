package dev.lander.cluster;

import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Components whose holders are all lost. Within the grace they are served as they were. Then one on TCP stays while it
 * answers probes, and one on UDP as the last resort until it refuses; for neither is that for ever.
 */
final class Orphans {
    /** How often {@link #look} is to be called. */
    static final Duration PAUSE = Duration.ofMillis(250);

    /** Probes that begin between two looks: 200 a second. */
    private static final int PROBES = 50;

    private static final long BETWEEN_PROBES_NS = Duration.ofSeconds(5).toNanos();

    /** As many failed tries in a row as make a component unreachable. */
    private static final int MISSES = 3;

    private static final long LONGEST_NS = Duration.ofHours(1).toNanos();

    /** A component on UDP stays for this many graces. */
    private static final int UDP_GRACES = 10;

    /** What is known of one. */
    private static final class Orphan {
        long probedNs;
        int misses;

        /** Tries that had failed when its grace was over. */
        final long failures;

        Orphan(long nowNs, long failures) {
            this.probedNs = nowNs - BETWEEN_PROBES_NS;
            this.failures = failures;
        }
    }

    private final HoldTable table;
    private final Absent absent;
    private final Prober prober;
    private final long graceNs;
    private final Function<Identity, @Nullable Component> components;
    private final Consumer<Identity> changed;

    private final Map<Identity, Orphan> known = new LinkedHashMap<>();

    /**
     * Of one member's view.
     *
     * @param components finds what is registered
     * @param changed told when what applies to a component may be different
     */
    Orphans(
            HoldTable table,
            Absent absent,
            Prober prober,
            long graceNs,
            Function<Identity, @Nullable Component> components,
            Consumer<Identity> changed) {
        this.table = table;
        this.absent = absent;
        this.prober = prober;
        this.graceNs = graceNs;
        this.components = components;
        this.changed = changed;
    }

    /** How many components are held by lost members alone. */
    int count() {
        int count = 0;
        Map<Identity, Boolean> seen = new HashMap<>();
        for (MemberId member : absent.all()) {
            for (Identity identity : table.of(member)) {
                if (isOrphan(identity) && seen.put(identity, true) == null) {
                    count++;
                }
            }
        }
        return count;
    }

    /** Whether there is none whose grace is over. */
    boolean isEmpty() {
        return known.isEmpty();
    }

    /** Looks whether any have to be probed, or to go. */
    void look(long nowNs) {
        for (MemberId member : absent.all()) {
            if (absent.passesGrace(member, nowNs)) {
                for (Identity identity : List.copyOf(table.of(member))) {
                    onGraceOver(member, identity, nowNs);
                }
            }
            if (table.of(member).isEmpty()) {
                absent.forget(member);
            }
        }
        int probes = PROBES;
        for (Map.Entry<Identity, Orphan> entry : new ArrayList<>(known.entrySet())) {
            Identity identity = entry.getKey();
            Orphan orphan = entry.getValue();
            Component component = components.apply(identity);
            if (component == null || !isOrphan(identity)) {
                drop(identity); // what lost members have said of it no longer counts
            } else if (isForLong(identity) && isOver(identity, orphan, component, nowNs)) {
                drop(identity);
            } else if (isForLong(identity) && probes > 0 && isDue(identity, orphan, nowNs)) {
                probes--;
                orphan.probedNs = nowNs;
                known.remove(identity);
                known.put(identity, orphan); // the others first, the next time
                prober.probe(component, stood -> onProbed(identity, orphan, stood));
            }
        }
    }

    /** Somebody that is not lost holds it since then: what lost ones have said before no longer counts. */
    void supersede(Identity identity, Stamp since) {
        if (absent.isEmpty()) {
            return;
        }
        for (MemberId member : absent.all()) {
            Hold hold = table.get(member, identity);
            if (hold != null && since.isAfter(hold.registered())) {
                table.remove(member, identity);
            }
        }
    }

    private void onGraceOver(MemberId member, Identity identity, long nowNs) {
        Component component = components.apply(identity);
        if (component == null || !isOrphan(identity)) {
            table.remove(member, identity);
        } else {
            known.putIfAbsent(identity, new Orphan(nowNs, component.tally().failures()));
        }
        changed.accept(identity);
    }

    private boolean isOrphan(Identity identity) {
        return absent.areAll(table.of(identity).keySet());
    }

    /** Whether the grace of all that held it is over. */
    private boolean isForLong(Identity identity) {
        return table.of(identity).keySet().stream().allMatch(absent::isForLong);
    }

    private boolean isOver(Identity identity, Orphan orphan, Component component, long nowNs) {
        long lostNs = Long.MAX_VALUE;
        for (MemberId member : table.of(identity).keySet()) {
            lostNs = Math.min(lostNs, absent.lostForNs(member, nowNs));
        }
        return isUdp(identity)
                ? lostNs >= UDP_GRACES * graceNs || component.tally().failures() > orphan.failures
                : lostNs >= LONGEST_NS;
    }

    private static boolean isDue(Identity identity, Orphan orphan, long nowNs) {
        return !isUdp(identity) && nowNs - orphan.probedNs >= BETWEEN_PROBES_NS;
    }

    private static boolean isUdp(Identity identity) {
        return identity.relayPort().protocol() == Protocol.UDP;
    }

    private void onProbed(Identity identity, Orphan orphan, boolean stood) {
        orphan.misses = stood ? 0 : orphan.misses + 1;
        if (orphan.misses >= MISSES && known.get(identity) == orphan) {
            drop(identity);
        }
    }

    private void drop(Identity identity) {
        known.remove(identity);
        for (MemberId member : absent.all()) {
            if (absent.isForLong(member)) {
                table.remove(member, identity);
            }
        }
        changed.accept(identity);
    }
}
