package dev.lander.relay.udp;

import dev.lander.listing.OpenRelay;
import dev.lander.registry.Component;
import dev.lander.relay.AccessLog;
import dev.lander.relay.FinishedRelay;
import dev.lander.relay.RelayEnd;
import dev.lander.text.AddressText;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What a flow has done for the client that it serves now. Times are the loop's, in nanoseconds. */
final class FlowLife {
    private static final long NS_PER_MS = 1_000_000;

    private InetSocketAddress client;
    private long firstNs;
    private long lastNs;
    private long bytesIn;
    private long bytesOut;

    /** No datagram of this client's was sent yet. */
    private boolean fresh = true;

    /** How fast the client may be, and be answered; null = there is no limit. */
    private @Nullable FlowPace pace;

    FlowLife(InetSocketAddress client, @Nullable FlowPace pace, long nowNs) {
        this.client = client;
        this.pace = pace;
        this.firstNs = nowNs;
        this.lastNs = nowNs;
    }

    /** Another client's from now on. */
    void begin(InetSocketAddress next, @Nullable FlowPace nextPace, long nowNs) {
        stop();
        client = next;
        pace = nextPace;
        firstNs = nowNs;
        lastNs = nowNs;
        bytesIn = 0;
        bytesOut = 0;
        fresh = true;
    }

    InetSocketAddress client() {
        return client;
    }

    /** Whether the next datagram is the first that the component gets from this client over this flow. */
    boolean isFresh() {
        return fresh;
    }

    /** Whether a datagram of the client's may be sent now. */
    boolean admits() {
        return pace == null || pace.admits();
    }

    /** Whether an answer is to wait. */
    boolean isPaused() {
        return pace != null && pace.isPaused();
    }

    /** Whether its client has nothing to make up for, and loses nothing by another socket. */
    boolean isMadeUpFor() {
        return pace == null || pace.isFull();
    }

    /** Answers wait no more. */
    void stop() {
        if (pace != null) {
            pace.stop();
        }
    }

    /** A datagram of the client's was sent. */
    void countIn(int bytes, long nowNs) {
        fresh = false;
        bytesIn += bytes;
        lastNs = nowNs;
        if (pace != null) {
            pace.useIn(bytes);
        }
    }

    /** An answer has come. */
    void countOut(int bytes, long nowNs) {
        bytesOut += bytes;
        lastNs = nowNs;
        if (pace != null) {
            pace.useOut(bytes);
        }
    }

    /** As it is listed now. */
    OpenRelay shown(Component component, AwaitedAnswers awaited, long nowNs) {
        return new OpenRelay(
                component.service().relayPort(),
                AddressText.of(client),
                component.name(),
                (nowNs - firstNs) / NS_PER_MS,
                awaited.progress(isPaused(), bytesIn, bytesOut));
    }

    /** It is over. */
    void tell(AccessLog log, Component component, RelayEnd why) {
        if (log.isOn()) {
            log.finished(FinishedRelay.flow(component, client, lastNs - firstNs, bytesIn, bytesOut, why));
        }
    }
}
