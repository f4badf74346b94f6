package dev.lander.relay;

import dev.lander.registry.Service;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket that holds as many tokens as it gets in a second: after a pause that many may go at once. Kept as the
 * time when it will be full again, which is the virtual scheduling of ITU-T I.371's generic cell rate algorithm.
 */
public final class TokenBucket {
    private static final long SECOND_NS = Duration.ofSeconds(1).toNanos();

    private final long tokenNs;
    private long fullNs;

    /** A full one. */
    TokenBucket(int perSecond, long nowNs) {
        this.tokenNs = SECOND_NS / perSecond;
        this.fullNs = nowNs;
    }

    /** As the service asks for, or null: anything may go. */
    public static @Nullable TokenBucket of(Service service, long nowNs) {
        int perSecond = service.maxNewPerSecond();
        return perSecond == Service.UNLIMITED ? null : new TokenBucket(perSecond, nowNs);
    }

    /** Takes a token; false when there is none. */
    public boolean take(long nowNs) {
        long startNs = Math.max(fullNs, nowNs);
        if (startNs - nowNs > SECOND_NS - tokenNs) {
            return false;
        }
        fullNs = startNs + tokenNs;
        return true;
    }
}
