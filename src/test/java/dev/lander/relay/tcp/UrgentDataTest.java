package dev.lander.relay.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.relay.Received;
import dev.lander.relay.RelayRig;
import dev.lander.testing.TestOptions;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Urgent data, as in an FTP client's abort, stays where it is in the stream. */
final class UrgentDataTest {
    /** As a client of FTP sends it: IAC IP, and IAC DM of which the last byte is urgent. */
    private static final int[] ABORT = {0xff, 0xf4, 0xff};

    private static final int DATA_MARK = 0xf2;

    @Test
    void theClientsReachesTheComponent() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            assertPasses(ends.client(), ends.component());
        }
    }

    @Test
    void theComponentsReachesTheClient() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            assertPasses(ends.component(), ends.client());
        }
    }

    @Test
    void theVeryFirstByteMayBeUrgent() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            for (Socket from : List.of(ends.client(), ends.component())) {
                Socket to = from == ends.client() ? ends.component() : ends.client();
                from.sendUrgentData('!');
                assertEquals('!', to.getInputStream().read());
            }
        }
    }

    @Test
    void itMayFollowAProxyHeader() throws Exception {
        TestOptions options = new TestOptions();
        options.acceptProxy = List.of(AddressRange.parse("127.0.0.1"));
        try (RelayRig rig = RelayRig.start(options)) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            Socket client = rig.connect();
            client.getOutputStream().write("PROXY UNKNOWN\r\n".getBytes(US_ASCII));
            client.sendUrgentData('!');
            assertPasses(client, rig.accept(component), "!");
        }
    }

    private static void assertPasses(Socket from, Socket to) throws IOException {
        assertPasses(from, to, "");
    }

    private static void assertPasses(Socket from, Socket to, String before) throws IOException {
        StringBuilder sent = new StringBuilder(before);
        for (int round = 0; round < 3; round++) {
            from.getOutputStream().write('a' + round);
            sent.append((char) ('a' + round));
            for (int part : ABORT) {
                from.getOutputStream().write(part);
                sent.append((char) part);
            }
            from.sendUrgentData(DATA_MARK);
            sent.append((char) DATA_MARK);
        }
        from.shutdownOutput();
        assertEquals(sent.toString(), new String(Received.from(to).bytes(), ISO_8859_1));
    }
}
