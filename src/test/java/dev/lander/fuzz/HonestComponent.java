package dev.lander.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.testing.ControlPeer;
import dev.lander.testing.RunningLander;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Random;

/** A component that does all as it should, and fails when anything is not as it should be. */
final class HonestComponent implements AutoCloseable {
    private static final int LARGEST_BLOCK = 20_000;

    private final TcpServer server = TcpServer.echo();
    private final Random random = new Random(0);
    private final ControlPeer control;
    private final Socket lastingClient;
    private int rounds;
    private long slowestNs;

    /** Registers for good, and a client connects for good. */
    HonestComponent(RunningLander lander, int lastingRelayPort) throws IOException {
        this.control = lander.control();
        assertEquals(0, control.register("tcp", server.port(), lastingRelayPort), "register");
        this.lastingClient = client(lastingRelayPort);
    }

    /** Registers on another relay port, serves a client, and unregisters. */
    void comeAndGo(int relayPort) throws IOException {
        long beganNs = System.nanoTime();
        assertEquals(0, control.register("tcp", server.port(), relayPort), "register");
        try (Socket client = client(relayPort)) {
            exchange(client);
        }
        assertEquals(0, control.unregister("tcp", server.port(), relayPort), "unregister");
        exchange(lastingClient);
        rounds++;
        slowestNs = Math.max(slowestNs, System.nanoTime() - beganNs);
    }

    /** How many relay ports are registered, whoever has registered them. */
    int services() throws IOException {
        return control.status().asArrayValue().size();
    }

    @Override
    public String toString() {
        return "an honest component came and went %d times, in %.0f ms at the slowest"
                .formatted(rounds, slowestNs / 1e6);
    }

    @Override
    public void close() throws IOException {
        lastingClient.close();
        control.close();
        server.close();
    }

    private void exchange(Socket client) throws IOException {
        byte[] block = new byte[1 + random.nextInt(LARGEST_BLOCK)];
        random.nextBytes(block);
        client.getOutputStream().write(block);
        assertArrayEquals(block, client.getInputStream().readNBytes(block.length), "what was echoed");
    }

    private static Socket client(int relayPort) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort);
        client.setSoTimeout(10_000);
        return client;
    }
}
