package dev.lander.metrics;

import dev.lander.text.ShownText;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts and logs what can happen a thousand times a second: by cause, the first at once, then at most one line in
 * {@link #PAUSE}, which says how many it stands for. A line per failed connection floods at exactly the wrong moment.
 */
public final class BurstLog {
    /** Between two lines of the same cause. */
    public static final Duration PAUSE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(BurstLog.class);

    /** One cause's recent past. */
    private static final class Burst {
        /** Until then it is not logged again. */
        private long quietUntilNs;

        /** How often it has happened unlogged. */
        private long untold;
    }

    private final Metrics metrics;
    private final LongSupplier nowNs;
    private final Runnable whenUntold;
    private final Map<Counter, Burst> bursts = new EnumMap<>(Counter.class);

    /**
     * A log that counts in these metrics.
     *
     * @param nowNs the time of the present turn
     * @param whenUntold runs when something is left unlogged: {@link #tellRest} is to be called {@link #PAUSE} later
     */
    public BurstLog(Metrics metrics, LongSupplier nowNs, Runnable whenUntold) {
        this.metrics = metrics;
        this.nowNs = nowNs;
        this.whenUntold = whenUntold;
    }

    /** Where it counts. */
    public Metrics metrics() {
        return metrics;
    }

    /**
     * Counts it, and logs it unless its cause was logged a moment ago.
     *
     * @param what the subject, in {@code key=value} form; only made into text when it is logged
     */
    public void count(Counter cause, Object what) {
        if (isTold(cause)) {
            tell(cause, what.toString());
        }
    }

    /**
     * Like {@link #count(Counter, Object)}, with something else to tell.
     *
     * @param value an exception is told by its message; only made into text when it is logged
     */
    public void count(Counter cause, Object what, String key, Object value) {
        if (isTold(cause)) {
            tell(cause, what + pair(key, value));
        }
    }

    /** Like {@link #count(Counter, Object, String, Object)}, with one thing more to tell. */
    public void count(
            Counter cause, Object what, String firstKey, Object firstValue, String secondKey, Object secondValue) {
        if (isTold(cause)) {
            tell(cause, what + pair(firstKey, firstValue) + pair(secondKey, secondValue));
        }
    }

    /** Counts it; whether it is to be logged now. */
    private boolean isTold(Counter cause) {
        metrics.count(cause);
        Burst burst = bursts.get(cause);
        if (burst == null) {
            bursts.put(cause, new Burst());
        } else if (nowNs.getAsLong() < burst.quietUntilNs) {
            burst.untold++;
            whenUntold.run();
            return false;
        }
        return true;
    }

    /** Logs how often what was left unlogged has happened; what was logged a moment ago is left for the next time. */
    public void tellRest() {
        bursts.forEach((cause, burst) -> {
            if (burst.untold == 0) {
                return;
            }
            if (nowNs.getAsLong() < burst.quietUntilNs) {
                whenUntold.run();
            } else {
                tell(cause, "");
            }
        });
    }

    private void tell(Counter cause, String what) {
        Burst burst = bursts.get(cause);
        if (burst == null) {
            return;
        }
        String more = burst.untold == 0 ? "" : " more=" + burst.untold;
        burst.untold = 0;
        burst.quietUntilNs = nowNs.getAsLong() + PAUSE.toNanos();
        LOG.warn("{} cause={}{}{}", cause.family(), cause.cause(), what.isEmpty() ? "" : " " + what, more);
    }

    private static String pair(String key, Object value) {
        Object shown = value instanceof Throwable thrown ? thrown.getMessage() : value;
        boolean isText = value instanceof Throwable || (value instanceof String && key.equals("why"));
        return " " + key + "=" + (isText ? ShownText.quoted(String.valueOf(shown)) : shown);
    }
}
