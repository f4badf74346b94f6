package dev.lander.relay.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.Received;
import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.TestOptions;
import dev.lander.text.AddressRange;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each client that is cut off when Lander ends has its line in the access log. */
final class CutClientsTest {
    private final Path file;
    private final TestOptions options = new TestOptions();

    CutClientsTest(@TempDir Path folder) {
        file = folder.resolve("access.log");
        options.accessLog = file;
        options.drainTimeout = Duration.ofMillis(300);
    }

    @Test
    void oneWhoseConnectIsUnderWay() throws Exception {
        try (RelayRig rig = RelayRig.start(options);
                FullListener first = new FullListener();
                FullListener second = new FullListener()) {
            rig.register("tcp", first.port());
            rig.register("tcp", second.port());
            Socket client = rig.connect();
            Await.until("the connect is under way", () -> rig.sum("active") == 1);
            rig.lander().lander().end();
            assertEquals("", Received.from(client).text());
            assertCut(rig, client);
        }
    }

    @Test
    void oneThatOwesAProxyHeader() throws Exception {
        options.acceptProxy = List.of(AddressRange.parse("127.0.0.1"));
        try (RelayRig rig = RelayRig.start(options);
                FullListener component = new FullListener()) {
            rig.register("tcp", component.port());
            Socket client = rig.connect();
            client.getOutputStream().write("PROXY TCP4 ".getBytes(US_ASCII));
            rig.letTurn();
            rig.lander().lander().end();
            assertEquals("", Received.from(client).text());
            assertCut(rig, client);
        }
    }

    private void assertCut(RelayRig rig, Socket client) throws Exception {
        Await.until("it has ended", rig.lander()::hasEnded);
        List<String> lines = Files.readAllLines(file);
        assertEquals(1, lines.size(), lines::toString);
        assertTrue(lines.get(0).contains(" client=127.0.0.1:" + client.getLocalPort() + " component=- "), lines.get(0));
        assertTrue(lines.get(0).endsWith(" end=cut"), lines.get(0));
    }
}
