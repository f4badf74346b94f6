package dev.lander.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.MovedClock;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatusLoadTest {
    /** Components whose status has some hundred kilobytes. */
    private static final int MANY = 3_000;

    private static final int PER_CONNECTION = 2_000;

    @Test
    void whoeverAsksWhileTheStatusRestsSharesTheNextOne() throws IOException {
        MovedClock clock = new MovedClock();
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofHours(1);
        try (RunningLander lander = RunningLander.start(options, clock);
                ControlPeer one = lander.control();
                ControlPeer other = lander.control();
                ControlPeer late = lander.control()) {
            int relayPort = FreePorts.next();
            for (int i = 0; i < MANY; i++) {
                assertEquals(0, (i < PER_CONNECTION ? one : other).register("tcp", 1_000 + i, relayPort));
            }
            one.send("cmd", "status");
            assertEquals(0, ControlPeer.error(one.reply()));
            one.send("cmd", "status");
            other.send("cmd", "status");
            lander.advance(clock, Duration.ofMillis(50));
            int later = FreePorts.next();
            assertEquals(0, late.register("tcp", 9, later)); // which nobody knew who was answered before
            lander.advance(clock, Duration.ofSeconds(2));
            for (ControlPeer asking : List.of(one, other)) {
                assertTrue(ShownStatus.read(ControlPeer.field(asking.reply(), "services"))
                        .hasRelayPort(later));
            }
        }
    }

    @Test
    void aShortStatusIsFollowedByNoRest() throws IOException {
        try (RunningLander lander = RunningLander.start(new TestOptions(), new MovedClock());
                ControlPeer peer = lander.control()) {
            for (int i = 0; i < 5; i++) {
                peer.send("cmd", "status");
                assertEquals(0, ControlPeer.error(peer.reply()));
            }
        }
    }

    @Test
    void theStatusIsTrueAtAMomentAfterTheQuestionHoweverItRests() throws IOException {
        try (RunningLander lander = RunningLander.start(new TestOptions());
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
