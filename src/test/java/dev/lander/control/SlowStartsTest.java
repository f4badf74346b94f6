package dev.lander.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.MovedClock;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many clients a component with {@code slow_start} gets as time goes on. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowStartsTest {
    private static final Duration SLOW_START = Duration.ofSeconds(30);

    private final MovedClock clock = new MovedClock();
    private final int relayPort = FreePorts.next();
    private RunningLander lander;
    private ControlPeer peer;
    private TcpServer first;
    private TcpServer slow;

    @BeforeEach
    void start() throws IOException {
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofHours(1); // a clock that is moved would make checks due
        lander = RunningLander.start(options, clock);
        peer = lander.control();
        first = TcpServer.tellingItsPort();
        slow = TcpServer.tellingItsPort();
    }

    @AfterEach
    void end() throws IOException {
        peer.close();
        lander.close();
        first.close();
        slow.close();
    }

    @Test
    void theShareOfWhoJoinsGrowsLinearly() throws IOException {
        assertEquals(0, peer.register("tcp", first.port(), relayPort));
        assertEquals(0, peer.register("tcp", slow.port(), relayPort, "slow_start", "30s"));
        assertEquals(10, servedBySlow(170), "1 of 17");
        lander.advance(clock, SLOW_START.dividedBy(3));
        assertEquals(60, servedBySlow(220), "6 of 22");
        lander.advance(clock, SLOW_START.dividedBy(3));
        assertEquals(110, servedBySlow(270), "11 of 27");
        lander.advance(clock, SLOW_START.dividedBy(3));
        assertEquals(50, servedBySlow(100), "a half");
    }

    @Test
    void whoReturnsBeginsAnew() throws IOException {
        try (ControlPeer other = lander.control()) {
            assertEquals(0, peer.register("tcp", first.port(), relayPort));
            assertEquals(0, other.register("tcp", slow.port(), relayPort, "slow_start", "30s"));
            lander.advance(clock, SLOW_START);
            assertEquals(50, servedBySlow(100));
            assertEquals(0, other.report("tcp", relayPort, "bad"));
            assertEquals(0, servedBySlow(20));
            assertEquals(0, other.report("tcp", relayPort, "good"));
            assertEquals(10, servedBySlow(170), "1 of 17");
            lander.advance(clock, SLOW_START);
            assertEquals(50, servedBySlow(100));
        }
    }

    @Test
    void statusShowsTheWeightThatWasDeclared() throws IOException {
        assertEquals(0, peer.register("tcp", slow.port(), relayPort, "weight", 7, "slow_start", "30s"));
        assertEquals(7, ShownStatus.of(peer).component(slow.port()).weight());
    }

    @Test
    void theOnlyComponentServesAllItsClientsAtOnce() throws IOException {
        assertEquals(0, peer.register("tcp", slow.port(), relayPort, "slow_start", "30s"));
        assertEquals(50, servedBySlow(50));
    }

    @Test
    void whoLeavesMeanwhileDisturbsNobody() throws IOException {
        assertEquals(0, peer.register("tcp", first.port(), relayPort));
        try (ControlPeer other = lander.control()) {
            assertEquals(0, other.register("tcp", slow.port(), relayPort, "slow_start", "30s"));
            lander.advance(clock, SLOW_START.dividedBy(3));
        }
        Await.until(
                "it has left",
                () -> ShownStatus.of(peer).services().get(0).components().size() == 1);
        lander.advance(clock, SLOW_START);
        assertEquals(0, servedBySlow(20));
    }

    private int servedBySlow(int clients) throws IOException {
        int served = 0;
        for (int i = 0; i < clients; i++) {
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
                String port = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                served += port.equals(Integer.toString(slow.port())) ? 1 : 0;
            }
        }
        return served;
    }
}
