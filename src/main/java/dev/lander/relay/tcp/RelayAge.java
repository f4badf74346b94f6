package dev.lander.relay.tcp;

import dev.lander.listing.WaitsFor;
import dev.lander.metrics.Counter;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.FaultHandler;
import dev.lander.registry.Component;
import dev.lander.relay.RelayEnd;
import dev.lander.relay.RoundedDuration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a relay that is older than its component's {@code max_duration}: at the first quiet moment, so that nothing is
 * cut off that is under way, or in the end all the same.
 */
final class RelayAge implements DeadlineHandler {
    /** A relay that gets old. */
    interface Aging extends FaultHandler, ClientStage {
        /** Ends. */
        void close(RelayEnd why);
    }

    private static final long QUIET_NS = Duration.ofSeconds(1).toNanos();

    /** Between two looks whether an old relay is quiet. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final RelayContext context;
    private final Aging relay;

    /** Started whenever something comes. */
    private final Deadline activity;

    private final Deadline old;
    private final Deadline look;

    /** Then it ends in any case; once it is old. */
    private long cutNs;

    private RelayAge(RelayContext context, long maxDurationNs, Aging relay, Deadline activity) {
        this.context = context;
        this.relay = relay;
        this.activity = activity;
        this.old =
                context.reactor().deadlines(RoundedDuration.ofNs(maxDurationNs)).create(this);
        this.look = context.reactor().deadlines(LOOK).create(this);
        old.start();
    }

    /**
     * Watches a relay to a component from its begin on.
     *
     * @param activity is started whenever something comes
     * @return null when it may get as old as it will
     */
    static @Nullable RelayAge of(Aging relay, Component component, RelayContext context, Deadline activity) {
        long maxDurationNs = component.traits().maxDurationNs();
        return maxDurationNs == 0 ? null : new RelayAge(context, maxDurationNs, relay, activity);
    }

    /** The relay has ended; null = it was not watched. */
    static void stop(@Nullable RelayAge age) {
        if (age != null) {
            age.old.stop();
            age.look.stop();
        }
    }

    @Override
    public void onDeadline(Deadline due) {
        long nowNs = context.reactor().nowNs();
        if (due == old) {
            cutNs = nowNs + context.deadlines().drainTimeout().toNanos();
        }
        boolean quiet = nothingWaits() && nowNs - activity.startedNs() >= QUIET_NS;
        if (quiet || nowNs >= cutNs) {
            context.log().count(Counter.RELAY_MAX_DURATION, relay);
            relay.close(RelayEnd.MAX_DURATION);
        } else {
            look.start();
        }
    }

    /** Whether all that has come is passed on. */
    private boolean nothingWaits() {
        WaitsFor awaited = relay.progress().waitsFor();
        return awaited == WaitsFor.EITHER || awaited == WaitsFor.CLIENT || awaited == WaitsFor.COMPONENT;
    }

    @Override
    public void onFault(Exception defect) {
        relay.onFault(defect);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return relay.toString();
    }
}
