package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.metrics.Counter;
import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A component's {@code max_duration}. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RelayAgeTest {
    private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

    @Test
    void aQuietRelayIsClosedInOrderWhenItIsOld() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            RelayRig.Ends ends = relay(rig);
            exchange(ends);
            rig.advance(Duration.ofMillis(9_500));
            assertEquals(1, rig.sum("active"));
            rig.advance(HALF_A_SECOND);
            assertEquals(-1, ends.client().getInputStream().read());
            assertEquals(-1, ends.component().getInputStream().read());
            Await.until("it is closed", () -> rig.sum("active") == 0);
            assertEquals(1, rig.lander().counted(Counter.RELAY_MAX_DURATION));
        }
    }

    @Test
    void aBusyOneGoesOnUntilItHasBeenQuietForASecond() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            RelayRig.Ends ends = relay(rig);
            for (int half = 0; half < 30; half++) {
                exchange(ends);
                rig.advance(HALF_A_SECOND);
                assertEquals(1, rig.sum("active"), "after half seconds: " + half);
            }
            rig.advance(Duration.ofMillis(700));
            assertEquals(-1, ends.client().getInputStream().read());
        }
    }

    @Test
    void oneThatIsNeverQuietIsCutAfterTheDrainTimeout() throws Exception {
        TestOptions options = new TestOptions();
        options.drainTimeout = Duration.ofSeconds(5);
        try (RelayRig rig = RelayRig.startWithMovedClock(options)) {
            RelayRig.Ends ends = relay(rig);
            for (int half = 0; half < 29; half++) {
                exchange(ends);
                rig.advance(HALF_A_SECOND);
            }
            assertEquals(1, rig.sum("active"));
            exchange(ends);
            rig.advance(Duration.ofMillis(700));
            assertEquals(0, rig.sum("active"));
            assertEquals(1, rig.lander().counted(Counter.RELAY_MAX_DURATION));
        }
    }

    @Test
    void whatAPeerHasNotReadIsNotCutOff() throws Exception {
        TestOptions options = new TestOptions();
        options.drainTimeout = Duration.ofSeconds(60);
        try (RelayRig rig = RelayRig.startWithMovedClock(options)) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_duration", "10s");
            RelayRig.Ends ends = new RelayRig.Ends(rig.connectWithSmallBuffer(), rig.accept(component));
            byte[] much = new byte[8 * 1024 * 1024];
            Thread sender = new Thread(() -> {
                try {
                    ends.component().getOutputStream().write(much);
                } catch (IOException cut) {
                    // the test sees it
                }
            });
            sender.start();
            rig.awaitStall("bytes_out");
            rig.advance(Duration.ofSeconds(30));
            assertEquals(much.length, ends.client().getInputStream().readNBytes(much.length).length);
            rig.advance(Duration.ofSeconds(2));
            assertEquals(-1, ends.client().getInputStream().read());
            sender.join();
        }
    }

    private static RelayRig.Ends relay(RelayRig rig) throws IOException {
        ServerSocket component = rig.listen();
        rig.register("tcp", component.getLocalPort(), "max_duration", "10s");
        return rig.relayTo(component);
    }

    private static void exchange(RelayRig.Ends ends) throws IOException {
        ends.client().getOutputStream().write(1);
        assertEquals(1, ends.component().getInputStream().read());
        ends.component().getOutputStream().write(2);
        assertEquals(2, ends.client().getInputStream().read());
    }
}
