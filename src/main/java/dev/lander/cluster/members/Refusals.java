package dev.lander.cluster.members;

import dev.lander.text.AddressText;
import dev.lander.text.ShownText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log who was refused and why: once a minute for each address and reason, as members try again every few
 * seconds. From any thread.
 */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private static final Duration PAUSE = Duration.ofMinutes(1);

    /** What is remembered; with more, what was told may be told again too early. */
    private static final int MOST = 1_000;

    private record Refusal(String peer, String why) {}

    private final LongSupplier clock;
    private final Map<Refusal, Long> toldNs = new ConcurrentHashMap<>();

    /** With this monotonic clock, in nanoseconds. */
    Refusals(LongSupplier clock) {
        this.clock = clock;
    }

    /** This end has connected, and the two can't belong to one cluster; a peer that only went away is no news. */
    void onConnecting(InetSocketAddress peer, IOException why) {
        tell(AddressText.of(peer), why);
    }

    /** The other end has connected, from this address. */
    void onAccepted(InetAddress peer, IOException why) {
        tell(AddressText.host(peer), why);
    }

    private void tell(String peer, IOException why) {
        String reason = reason(why);
        if (reason.isEmpty()) {
            return;
        }
        if (toldNs.size() >= MOST) {
            toldNs.clear();
        }
        long nowNs = clock.getAsLong();
        Refusal refusal = new Refusal(peer, reason);
        Long beforeNs = toldNs.get(refusal);
        if (beforeNs == null || nowNs - beforeNs >= PAUSE.toNanos()) {
            toldNs.put(refusal, nowNs);
            LOG.warn("member_refused peer={} why={}", peer, ShownText.quoted(reason));
        }
    }

    /** For users; empty = nothing that anybody could mend. */
    private static String reason(IOException why) {
        if (why instanceof RefusedPeerException) {
            return String.valueOf(why.getMessage());
        }
        if (why instanceof SSLException && !(why.getCause() instanceof IOException)) {
            return "no TLS between the two (has only one of both --cluster-plain?): " + why.getMessage();
        }
        return "";
    }
}
