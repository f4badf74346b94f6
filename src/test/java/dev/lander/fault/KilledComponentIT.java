package dev.lander.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.PythonClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Components killed one after the other under a steady stream of new clients. A process takes a moment to die, in which
 * its system still accepts for it; those clients are lost with it. Nobody is lost who comes after Lander knows.
 */
final class KilledComponentIT {
    private static final int KILLS = 6;
    private static final int CONNECTIONS_PER_SECOND = 200;

    /** One client: from when to when it was there, and whether it failed. */
    private record Attempt(long beganNs, long endedNs, boolean failed) {}

    private final List<Attempt> attempts = Collections.synchronizedList(new ArrayList<>());
    private final int relayPort = FreePorts.next();

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void nobodyFailsWhoComesAfterTheDeadComponentHasLeft() throws Exception {
        try (LanderProcess lander = LanderProcess.start()) {
            List<ChildProcess> components = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                components.add(start(lander));
            }
            Actors clients = new Actors(1);
            clients.add("client", 4, random -> {
                attempt();
                clients.pause(1000 * 4 / CONNECTIONS_PER_SECOND);
            });
            List<long[]> dying = new ArrayList<>();
            for (int i = 0; i < KILLS; i++) {
                clients.pause(300);
                dying.add(kill(lander, components.remove(0), i + 1));
                clients.pause(300);
                components.add(start(lander));
            }
            clients.stop();
            components.forEach(ChildProcess::close);

            List<Attempt> lost = attempts.stream()
                    .filter(attempt -> attempt.failed && !overlaps(attempt, dying))
                    .toList();
            long failed = attempts.stream().filter(Attempt::failed).count();
            System.out.println(attempts.size() + " clients, " + failed + " lost with a dying component");
            assertEquals(List.of(), lost);
            assertTrue(attempts.size() > KILLS * 50, "too few clients: " + attempts.size());
        }
    }

    private ChildProcess start(LanderProcess lander) throws IOException {
        return PythonClient.startServer("api_server.py", lander, FreePorts.next(), relayPort);
    }

    /** From when to when the component died, as seen from outside: until Lander has logged that it left. */
    private static long[] kill(LanderProcess lander, ChildProcess component, int count) throws Exception {
        long beganNs = System.nanoTime();
        component.signal("KILL");
        Await.until(
                "Lander knows",
                () -> lander.process().log().stream()
                                .filter(line -> line.contains(" left "))
                                .count()
                        >= count);
        return new long[] {beganNs, System.nanoTime()};
    }

    private static boolean overlaps(Attempt attempt, List<long[]> spans) {
        return spans.stream().anyMatch(span -> attempt.endedNs >= span[0] && attempt.beganNs <= span[1]);
    }

    private void attempt() {
        long beganNs = System.nanoTime();
        boolean failed = true;
        try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
            connection.setSoTimeout(10_000);
            connection.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = connection.getInputStream();
            failed = !new String(in.readAllBytes(), StandardCharsets.US_ASCII).startsWith("HTTP/1.1 200");
        } catch (IOException lost) {
            // as is counted
        }
        attempts.add(new Attempt(beganNs, System.nanoTime(), failed));
    }
}
