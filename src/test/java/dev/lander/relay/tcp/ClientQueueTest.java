package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.metrics.Counter;
import dev.lander.relay.Received;
import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.HeldLander;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients wait while all components are at their {@code max_connections}. */
final class ClientQueueTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static TestOptions options() {
        TestOptions options = new TestOptions();
        options.queueTimeout = TIMEOUT;
        return options;
    }

    @Test
    void theyAreServedInTheOrderOfTheirComing() throws Exception {
        try (RelayRig rig = RelayRig.start(options())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_connections", 1);
            RelayRig.Ends open = rig.relayTo(component);
            List<Socket> waiting = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                waiting.add(waiting(rig, i));
            }
            assertEquals(1, rig.sum("active"));
            for (int i = 0; i < 5; i++) {
                close(open);
                Socket served = rig.accept(component);
                assertEquals(i, served.getInputStream().read(), "what it has sent meanwhile");
                served.getOutputStream().write(i + 100);
                assertEquals(i + 100, waiting.get(i).getInputStream().read());
                assertEquals(1, rig.sum("active"), "one at a time");
                open = new RelayRig.Ends(waiting.get(i), served);
            }
            assertEquals(6, rig.sum("total"));
        }
    }

    @Test
    void nobodyOvertakesThemInTheTurnInWhichAPlaceGetsFree() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        int port = FreePorts.next();
        try (HeldLander lander = HeldLander.start(options());
                ControlPeer control = lander.control();
                ServerSocket component = new ServerSocket(0, 0, loopback)) {
            assertEquals(0, control.register("tcp", component.getLocalPort(), port, "max_connections", 1));
            try (Socket open = new Socket(loopback, port);
                    Socket served = component.accept();
                    Socket waiting = new Socket(loopback, port)) {
                waiting.getOutputStream().write(1);
                lander.hold();
                open.shutdownOutput();
                served.shutdownOutput();
                try (Socket newcomer = new Socket(loopback, port)) {
                    newcomer.getOutputStream().write(2);
                    lander.release();
                    try (Socket next = component.accept()) {
                        assertEquals(1, next.getInputStream().read());
                    }
                }
            }
        }
    }

    @Test
    void whoeverJoinsServesThem() throws Exception {
        try (RelayRig rig = RelayRig.start(options())) {
            ServerSocket full = rig.listen();
            rig.register("tcp", full.getLocalPort(), "max_connections", 1);
            rig.relayTo(full);
            waiting(rig, 7);
            waiting(rig, 8);
            ServerSocket newcomer = rig.listen();
            rig.register("tcp", newcomer.getLocalPort());
            assertEquals(7, rig.accept(newcomer).getInputStream().read());
            assertEquals(8, rig.accept(newcomer).getInputStream().read());
        }
    }

    @Test
    void whoeverHasWaitedInVainIsClosedAndCounted() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(options())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_connections", 1);
            RelayRig.Ends open = rig.relayTo(component);
            Socket first = waiting(rig, 1);
            rig.advance(TIMEOUT.dividedBy(2));
            Socket second = waiting(rig, 2);
            rig.advance(TIMEOUT.dividedBy(2));
            assertEquals("", Received.from(first).text());
            assertEquals(1, rig.lander().counted(Counter.CLIENT_QUEUE_TIMEOUT));
            close(open);
            assertEquals(2, rig.accept(component).getInputStream().read());
            rig.advance(TIMEOUT);
            assertEquals(1, rig.lander().counted(Counter.CLIENT_QUEUE_TIMEOUT), "time to wait, not to be served");
            second.getOutputStream().write(3);
        }
    }

    @Test
    void whoeverGoesAwayUnservedIsNoticed() throws Exception {
        try (RelayRig rig = RelayRig.start(options())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_connections", 1);
            RelayRig.Ends open = rig.relayTo(component);
            Socket closing = rig.connect();
            Socket resetting = rig.connect();
            waiting(rig, 9);
            closing.close();
            resetting.setSoLinger(true, 0);
            resetting.close();
            Await.until("both were noticed", () -> rig.lander().counted(Counter.CLIENT_QUEUE_LEFT) == 2);
            close(open);
            assertEquals(9, rig.accept(component).getInputStream().read());
            assertEquals(2, rig.sum("total"));
        }
    }

    @Test
    void thoseThatHaveSentSomethingAreKeptThoughTheyEnd() throws Exception {
        try (RelayRig rig = RelayRig.start(options())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_connections", 1);
            RelayRig.Ends open = rig.relayTo(component);
            Socket client = waiting(rig, 5);
            client.shutdownOutput();
            rig.letTurn();
            close(open);
            Socket served = rig.accept(component);
            assertEquals(5, served.getInputStream().read());
            assertEquals(-1, served.getInputStream().read());
            served.getOutputStream().write(6);
            assertEquals(6, client.getInputStream().read());
        }
    }

    @Test
    void theLineIsBounded() throws Exception {
        try (RelayRig rig = RelayRig.start(options())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_connections", 1);
            rig.relayTo(component);
            for (int i = 0; i < ClientQueue.MAX_WAITING; i++) {
                rig.connect();
            }
            assertEquals("", Received.from(rig.connect()).text());
            assertEquals(1, rig.lander().counted(Counter.CLIENT_QUEUE_FULL));
        }
    }

    @Test
    void whoeverWaitsHoldsNoSlot() throws Exception {
        TestOptions options = options();
        options.maxConnections = 2;
        try (RelayRig rig = RelayRig.start(options)) {
            ServerSocket full = rig.listen();
            rig.register("tcp", full.getLocalPort(), "max_connections", 1);
            RelayRig.Ends open = rig.relayTo(full);
            waiting(rig, 1);
            waiting(rig, 2);
            ServerSocket newcomer = rig.listen();
            rig.register("tcp", newcomer.getLocalPort());
            assertEquals(1, rig.accept(newcomer).getInputStream().read());
            rig.letTurn();
            assertEquals(2, rig.sum("active"), "the second waits for a slot now");
            close(open);
            newcomer.setSoTimeout(1);
            full.setSoTimeout(1);
            Await.until("the second is served", () -> rig.sum("total") == 3);
        }
    }

    @Test
    void theyAreClosedWhenTheLastComponentLeaves() throws Exception {
        try (RelayRig rig = RelayRig.start(options())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_connections", 1);
            rig.relayTo(component);
            Socket client = rig.connect();
            rig.letTurn();
            rig.unregister("tcp", component.getLocalPort());
            assertEquals("", Received.from(client).text());
            assertEquals(1, rig.lander().counted(Counter.CLIENT_NO_COMPONENT));
        }
    }

    @Test
    void nobodyWaitsForWhoIsBad() throws Exception {
        try (RelayRig rig = RelayRig.start(options())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_connections", 1);
            rig.relayTo(component);
            assertEquals(0, rig.control().report("tcp", rig.port(), "bad"));
            assertEquals("", Received.from(rig.connect()).text());
            assertEquals(1, rig.lander().counted(Counter.CLIENT_NO_COMPONENT));
        }
    }

    @Test
    void theyDoNotDelayTheEnd() throws Exception {
        try (RelayRig rig = RelayRig.start(options())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_connections", 1);
            RelayRig.Ends open = rig.relayTo(component);
            Socket client = rig.connect();
            rig.letTurn();
            rig.lander().lander().end();
            assertEquals("", Received.from(client).text());
            assertEquals(1, rig.lander().counted(Counter.CLIENT_ENDING));
            assertFalse(rig.lander().hasEnded());
            close(open);
            Await.until("Lander has ended", () -> rig.lander().hasEnded());
        }
    }

    @Test
    void withoutTheOptionNobodyWaits() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_connections", 1);
            rig.relayTo(component);
            assertEquals("", Received.from(rig.connect()).text());
            assertTrue(rig.lander().counted(Counter.CLIENT_NO_COMPONENT) == 1);
        }
    }

    /** A client that has sent a byte, and that Lander knows. */
    private static Socket waiting(RelayRig rig, int first) throws IOException {
        Socket client = rig.connect();
        client.getOutputStream().write(first);
        rig.letTurn();
        return client;
    }

    private static void close(RelayRig.Ends open) throws IOException {
        open.client().close();
        open.component().close();
    }
}
