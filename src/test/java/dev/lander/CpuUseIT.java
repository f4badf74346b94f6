package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.CpuTime;
import dev.lander.testing.CpuTime.ThreadId;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.TcpServer;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Isolated;

/** What the process makes of its CPU time. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs /proc")
@Isolated
class CpuUseIT {
    private static final InetAddress HOST = InetAddress.getLoopbackAddress();

    /** The JVM's threads that compile and collect garbage. */
    private static final Pattern JVM_THREAD = Pattern.compile("C[12] Compiler.*|GC Thread.*|G1 .*|VM .*|Sweeper.*");

    private static final int CLIENTS = 4;
    private static final Duration LOAD = Duration.ofSeconds(3);

    /** Ticks without which the load was none. */
    private static final long LEAST_TICKS = 20;

    @Test
    void anIdleProcessUsesNone() throws Exception {
        int relayPort = FreePorts.next();
        try (TcpServer tcp = TcpServer.echo();
                UdpServer udp = UdpServer.echo();
                LanderProcess lander = LanderProcess.start();
                ControlPeer component = lander.control()) {
            assertEquals(0, component.register("tcp", tcp.port(), relayPort));
            assertEquals(0, component.register("udp", udp.port(), relayPort));
            try (Socket client = new Socket(HOST, relayPort);
                    DatagramSocket datagrams = new DatagramSocket()) {
                assertEchoed(client);
                assertEchoed(datagrams, relayPort);

                // Not at the first try: the JVM goes on compiling for a while.
                Await.until(
                        "it is idle for two seconds",
                        () -> CpuTime.ticksDuring(
                                        Duration.ofSeconds(2), lander.process().pid())
                                <= 1);

                assertEchoed(client);
                assertEchoed(datagrams, relayPort);
            }
        }
    }

    @Test
    void oneThreadDoesAllTheWork() throws Exception {
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.echo();
                LanderProcess lander = LanderProcess.start();
                ControlPeer component = lander.control()) {
            assertEquals(0, component.register("tcp", server.port(), relayPort));

            Map<ThreadId, Long> before = CpuTime.threads(lander.process().pid());
            load(relayPort);
            Map<ThreadId, Long> after = CpuTime.threads(lander.process().pid());

            List<Long> ticks = new ArrayList<>();
            after.forEach((thread, total) -> {
                if (!JVM_THREAD.matcher(thread.name()).matches()) {
                    ticks.add(total - before.getOrDefault(thread, 0L));
                }
            });
            long all = ticks.stream().mapToLong(Long::longValue).sum();
            long busiest = ticks.stream().mapToLong(Long::longValue).max().orElse(0);
            assertTrue(all >= LEAST_TICKS, () -> "too little load: " + after);
            assertTrue(busiest >= 0.95 * all, () -> busiest + " of " + all + " ticks: " + before + after);
        }
    }

    /** Some clients, each of which sends a byte and waits for it, again and again. */
    private static void load(int relayPort) throws Exception {
        long endNs = System.nanoTime() + LOAD.toNanos();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            Callable<Void> client = () -> {
                try (Socket socket = new Socket(HOST, relayPort)) {
                    while (System.nanoTime() < endNs) {
                        assertEchoed(socket);
                    }
                }
                return null;
            };
            List<Future<Void>> ended = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                ended.add(clients.submit(client));
            }
            for (Future<Void> end : ended) {
                end.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private static void assertEchoed(Socket client) throws IOException {
        client.setSoTimeout(10_000);
        client.setTcpNoDelay(true);
        client.getOutputStream().write('?');
        assertEquals('?', client.getInputStream().read());
    }

    private static void assertEchoed(DatagramSocket client, int relayPort) throws IOException {
        client.setSoTimeout(10_000);
        client.send(new DatagramPacket(new byte[] {'?'}, 1, new InetSocketAddress(HOST, relayPort)));
        DatagramPacket answer = new DatagramPacket(new byte[2], 2);
        client.receive(answer);
        assertEquals(1, answer.getLength());
    }
}
