package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.Background;
import dev.lander.relay.RandomStream;
import dev.lander.testing.AdminClient;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Streams through the packaged Lander, started as users start it. */
class SpliceIT {
    private static final Pattern ADMIN = Pattern.compile("admin page on http://(?<address>[0-9.]+):(?<port>\\d+)/$");
    private static final long STREAM = 32L * 1024 * 1024;
    private static final String TOLD = "streams are copied, since splice is not to be had here: ";
    private static final int TIMEOUT_MS = 10_000;

    @Test
    void streamsAreMovedWithinTheKernelWithoutAnyFlagOfJavas() throws Exception {
        try (LanderProcess lander = LanderProcess.start("--admin", "0");
                Streams streams = new Streams(lander)) {
            Await.until("bytes are spliced", () -> {
                streams.pass();
                return streams.spliced() > 0;
            });
        }
    }

    @Test
    void theyAreCopiedWhereAUserWantsThat() throws Exception {
        try (LanderProcess lander = LanderProcess.start("--admin", "0", "--splice", "off");
                Streams streams = new Streams(lander)) {
            streams.pass();
            streams.pass();
            assertEquals(0, streams.spliced());
        }
    }

    @Test
    void theyAreCopiedWhereTheNativeLibraryCannotBeUnpackedAndTheLogSaysSo() throws Exception {
        Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", "-Djna.nounpack=true");
        try (LanderProcess lander = LanderProcess.start(environment, "--admin", "0");
                Streams streams = new Streams(lander)) {
            Await.until("it is told", () -> {
                streams.pass();
                return lander.process().log().stream().anyMatch(line -> line.contains(TOLD));
            });
            streams.pass();
            assertEquals(0, streams.spliced());
            assertTrue(lander.process().log().stream().noneMatch(line -> line.contains("\tat ")), "no stack trace");
        }
    }

    /** Through one relay port, one after the other. */
    private static final class Streams implements AutoCloseable {
        private final AdminClient admin;
        private final ControlPeer control;
        private final ServerSocket component = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final int relayPort = FreePorts.next();

        Streams(LanderProcess lander) throws Exception {
            Matcher ready = ADMIN.matcher(lander.process().awaitLog("admin page on"));
            assertTrue(ready.find());
            admin = new AdminClient(
                    new InetSocketAddress(ready.group("address"), Integer.parseInt(ready.group("port"))));
            control = lander.control();
            assertEquals(0, control.register("tcp", component.getLocalPort(), relayPort));
        }

        /** One stream, whole. */
        void pass() throws Exception {
            RandomStream stream = new RandomStream(System.nanoTime(), STREAM);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort);
                    Socket served = component.accept()) {
                served.setSoTimeout(TIMEOUT_MS);
                Background<Boolean> sending = Background.run(() -> {
                    stream.writeTo(client.getOutputStream());
                    client.shutdownOutput();
                });
                stream.checkAll(served.getInputStream());
                assertTrue(sending.result());
            }
        }

        double spliced() throws Exception {
            return admin.metric("lander_spliced_bytes_total");
        }

        @Override
        public void close() throws IOException {
            control.close();
            component.close();
        }
    }
}
