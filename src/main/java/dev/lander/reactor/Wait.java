package dev.lander.reactor;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** How a turn waits for ready keys: it may poll for a while before it lets the system wake it. */
final class Wait {
    private static final long NS_PER_MS = 1_000_000L;

    private final Selector selector;
    private final Consumer<SelectionKey> dispatch;
    private final LoopClock clock;

    /** Whether something else than a ready key ends the polling. */
    private final BooleanSupplier hasNews;

    /** How long is polled before each wait. */
    private long pollNs;

    Wait(Selector selector, Consumer<SelectionKey> dispatch, LoopClock clock, BooleanSupplier hasNews) {
        this.selector = selector;
        this.dispatch = dispatch;
        this.clock = clock;
        this.hasNews = hasNews;
    }

    void setPollNs(long lengthNs) {
        pollNs = lengthNs;
    }

    /** Waits at most this long; 0 = not at all, {@link Long#MAX_VALUE} = for ever. */
    void select(long timeoutNs) throws IOException {
        long waitNs = timeoutNs;
        if (pollNs > 0 && waitNs > 0) {
            long polledNs = Math.min(pollNs, waitNs);
            if (poll(polledNs)) {
                return;
            }
            waitNs = waitNs == Long.MAX_VALUE ? waitNs : waitNs - polledNs;
        }
        if (waitNs == 0) {
            selector.selectNow(dispatch);
        } else if (waitNs == Long.MAX_VALUE) {
            selector.select(dispatch);
        } else {
            selector.select(dispatch, (waitNs + NS_PER_MS - 1) / NS_PER_MS);
        }
    }

    /** Asks over and over without waiting; true when something came. */
    private boolean poll(long lengthNs) throws IOException {
        long beginNs = clock.readNs();
        do {
            if (selector.selectNow(dispatch) > 0 || hasNews.getAsBoolean()) {
                return true;
            }
        } while (clock.readNs() - beginNs < lengthNs);
        return false;
    }
}
