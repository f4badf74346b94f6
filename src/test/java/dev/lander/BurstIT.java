package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ChildProcess;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.PythonClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thousand clients at once, with answers of 20 KB. */
@Isolated
class BurstIT {
    private static final int CLIENTS = 1_000;

    /** Longer than the whole crowd should take, so that a slow machine fails no client. */
    private static final Duration LIMIT = Duration.ofSeconds(50);

    @ParameterizedTest(name = "{0} components")
    @ValueSource(ints = {1, 2, 4})
    void everyClientIsServedAndEveryComponentGetsItsShare(int components) throws Exception {
        int relayPort = FreePorts.next();
        List<ChildProcess> servers = new ArrayList<>();
        try (LanderProcess lander = LanderProcess.start()) {
            for (int i = 0; i < components; i++) {
                servers.add(PythonClient.startServer("api_server.py", lander, FreePorts.next(), relayPort));
            }
            try (ChildProcess crowd = PythonClient.start(
                    "dummy_client.py",
                    "127.0.0.1",
                    relayPort,
                    CLIENTS,
                    "--path",
                    "/data",
                    "--timeout",
                    LIMIT.toSeconds())) {
                assertEquals(0, crowd.exitStatus(LIMIT), crowd::toString);
                assertTrue(crowd.output().contains("success      : 1000"), crowd::toString);
                String share = CLIENTS / components + " by component ";
                long fairShares = crowd.output().stream()
                        .filter(line -> line.contains(share))
                        .count();
                assertEquals(components, fairShares, crowd::toString);
            }
        } finally {
            servers.forEach(ChildProcess::close);
        }
    }
}
