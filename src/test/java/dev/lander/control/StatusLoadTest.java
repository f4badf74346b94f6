package dev.lander.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatusLoadTest {
    private static final Duration TICK = Duration.ofMillis(1);

    /** Each reading takes a millisecond: so whatever is measured by it has taken some time. */
    private final AtomicLong nowNs = new AtomicLong();

    @Test
    void whoeverAsksWhileTheStatusRestsSharesTheNextOne() throws IOException {
        try (RunningLander lander = RunningLander.start(new TestOptions(), () -> nowNs.addAndGet(TICK.toNanos()));
                ControlPeer one = lander.control();
                ControlPeer other = lander.control()) {
            int relayPort = FreePorts.next();
            assertEquals(0, one.register("tcp", 9, relayPort));
            long begunNs = nowNs.get();
            for (int i = 0; i < 4; i++) {
                one.send("cmd", "status");
                other.send("cmd", "status");
                one.reply();
                other.reply();
            }
            long restsNs = nowNs.get() - begunNs;
            assertTrue(restsNs >= 3 * 200 * TICK.toNanos(), "it rested for " + restsNs + " ns only");
        }
    }

    @Test
    void theStatusIsTrueAtAMomentAfterTheQuestionHoweverItRests() throws IOException {
        try (RunningLander lander = RunningLander.start(new TestOptions(), () -> nowNs.addAndGet(TICK.toNanos()));
                ControlPeer peer = lander.control()) {
            for (int i = 1; i <= 3; i++) {
                assertEquals(0, peer.register("tcp", 9, FreePorts.next()));
                assertEquals(i, ShownStatus.of(peer).services().size());
            }
            peer.send("cmd", "status");
            peer.send("cmd", "status");
            peer.send("cmd", "nonsense");
            assertEquals(0, ControlPeer.error(peer.reply()));
            assertEquals(0, ControlPeer.error(peer.reply()));
            assertEquals(2, ControlPeer.error(peer.reply()));
        }
    }
}
