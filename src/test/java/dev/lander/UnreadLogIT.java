package dev.lander;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** A log that goes into a pipe which nobody empties. */
class UnreadLogIT {
    /** Four lines each: far more than the pipe and the queue of lines hold. */
    private static final int REGISTRATIONS = 3_000;

    /** A pipe holds 64 KiB; at its end there may be no room for a whole line. */
    private static final int FULL_PIPE = 60_000;

    @Test
    void aLogThatNobodyReadsHoldsNothingUp() throws Exception {
        int controlPort = FreePorts.next();
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.echo();
                ChildProcess lander = ChildProcess.startUnread(LanderProcess.command(Integer.toString(controlPort)));
                ControlPeer component = connect(controlPort)) {
            for (int i = 0; i < REGISTRATIONS; i++) {
                assertEquals(0, component.register("tcp", server.port(), relayPort));
                assertEquals(0, component.unregister("tcp", server.port(), relayPort));
            }
            Await.until("the pipe is full", () -> lander.unreadLogBytes() > FULL_PIPE);

            assertEquals(0, component.register("tcp", server.port(), relayPort));
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
                client.setSoTimeout(10_000);
                byte[] text = "hello".getBytes(US_ASCII);
                client.getOutputStream().write(text);
                client.shutdownOutput();
                assertArrayEquals(text, client.getInputStream().readAllBytes());
            }
            lander.signal("TERM");
            assertEquals(0, lander.exitStatus());
        }
    }

    private static ControlPeer connect(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        ControlPeer[] connected = new ControlPeer[1];
        Await.until("Lander listens", () -> {
            try {
                connected[0] = ControlPeer.connect(address);
                return true;
            } catch (IOException notYet) {
                return false;
            }
        });
        return connected[0];
    }
}
