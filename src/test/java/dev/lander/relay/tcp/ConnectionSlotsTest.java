package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.reactor.Reactor;
import dev.lander.relay.Received;
import dev.lander.relay.RelayRig;
import dev.lander.sockets.FdBudget;
import dev.lander.testing.Await;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RunningReactor;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The limit of relays over all ports: clients beyond it wait in the backlog until a relay ends. */
final class ConnectionSlotsTest {
    private static final int LIMIT = 3;
    private static final int MOMENT_MS = 50;

    private static RelayRig startWithLimit() throws IOException {
        TestOptions options = new TestOptions();
        options.maxConnections = LIMIT;
        return RelayRig.start(options);
    }

    @Test
    void clientsBeyondTheLimitAreServedWhenOneLeaves() throws Exception {
        try (RelayRig rig = startWithLimit()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            List<RelayRig.Ends> open = fill(rig, component);
            List<Socket> waiting = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Socket client = rig.connect();
                client.getOutputStream().write(i);
                waiting.add(client);
            }
            assertNobodyComes(component);
            assertEquals(LIMIT, rig.sum("active"));
            for (int i = 0; i < waiting.size(); i++) {
                open.get(i).client().close();
                open.get(i).component().close();
                Socket served = rig.accept(component);
                assertEquals(i, served.getInputStream().read(), "in the order of their coming");
                assertEquals(LIMIT, rig.sum("active"));
                open.add(new RelayRig.Ends(waiting.get(i), served));
            }
            assertNobodyComes(component);
        }
    }

    @Test
    void clientWithoutAComponentLeavesItsPlace() throws Exception {
        try (RelayRig rig = startWithLimit();
                TcpServer teller = TcpServer.tellingItsPort()) {
            rig.register("tcp", teller.port());
            assertEquals(0, rig.control().report("tcp", rig.port(), "bad"));
            for (int i = 0; i < 2 * LIMIT; i++) {
                assertEquals("", Received.from(rig.connect()).text());
            }
            assertEquals(0, rig.control().report("tcp", rig.port(), "good"));
            assertEquals(
                    Integer.toString(teller.port()),
                    Received.from(rig.connect()).text());
        }
    }

    @Test
    void portsGoOnInTurn() throws Exception {
        int ports = 4;
        int clientsEach = 6;
        try (RelayRig rig = startWithLimit()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            List<Integer> relayPorts = new ArrayList<>();
            List<ServerSocket> components = new ArrayList<>();
            for (int i = 0; i < ports; i++) {
                int relayPort = FreePorts.next();
                ServerSocket other = rig.listen();
                other.setSoTimeout(1);
                assertEquals(0, rig.control().register("tcp", other.getLocalPort(), relayPort));
                relayPorts.add(relayPort);
                components.add(other);
            }
            List<RelayRig.Ends> open = fill(rig, component);
            for (int relayPort : relayPorts) {
                for (int i = 0; i < clientsEach; i++) {
                    rig.own(new Socket(rig.address().getAddress(), relayPort));
                }
            }
            rig.letTurn(); // the ports have stopped accepting
            // Two places stay taken; the third goes from client to client.
            open.get(0).client().close();
            open.get(0).component().close();
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < ports * clientsEach; i++) {
                order.add(serveOne(components));
            }
            for (int round = 0; round < clientsEach; round++) {
                List<Integer> turn = new ArrayList<>(order.subList(round * ports, (round + 1) * ports));
                turn.sort(Integer::compare);
                assertEquals(List.of(0, 1, 2, 3), turn, "each port once a round: " + order);
            }
        }
    }

    @Test
    void portThatClosesIsOutOfTheTurn() throws Exception {
        try (RelayRig rig = startWithLimit()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            int leavingPort = FreePorts.next();
            ServerSocket leaving = rig.listen();
            assertEquals(0, rig.control().register("tcp", leaving.getLocalPort(), leavingPort));
            List<RelayRig.Ends> open = fill(rig, component);
            rig.own(new Socket(rig.address().getAddress(), leavingPort));
            rig.letTurn(); // its port has stopped accepting, and is the first in the turn
            Socket waiting = rig.connect();
            waiting.getOutputStream().write(9);
            assertEquals(0, rig.control().unregister("tcp", leaving.getLocalPort(), leavingPort));
            open.get(0).client().close();
            open.get(0).component().close();
            assertEquals(9, rig.accept(component).getInputStream().read());
        }
    }

    @Test
    void roomIsForAnybodyOnceThoseWhoWaitedForItAreGone() throws Exception {
        int fewDescriptors = 100; // they are given back a turn later
        List<Boolean> had = new CopyOnWriteArrayList<>();
        try (RunningReactor loop = new RunningReactor().start()) {
            Reactor reactor = loop.reactor();
            ConnectionSlots slots =
                    new ConnectionSlots(reactor, new FdBudget(fewDescriptors, Runnable::run), 1, count -> false);
            Runnable waiting = () -> {};
            loop.inLoop(() -> {
                slots.take();
                had.add(slots.request(waiting));
                slots.giveBack();
                slots.forget(waiting);
            });
            loop.inLoop(() -> had.add(slots.request(waiting)));
        }
        assertEquals(List.of(false, true), had);
    }

    @Test
    void descriptorsThatFlowsMakeFreeForARelayAreNotTakenByOtherFlows() throws Exception {
        int fewDescriptors = 100;
        AtomicBoolean served = new AtomicBoolean();
        try (RunningReactor loop = new RunningReactor().start()) {
            Reactor reactor = loop.reactor();
            FdBudget fds = new FdBudget(fewDescriptors, reactor::afterSelect);
            fds.hold(fds.total());
            ConnectionSlots slots = new ConnectionSlots(reactor, fds, LIMIT, count -> {
                fds.release(Math.max(0, count - fds.freeSoon()));
                return fds.free() >= count;
            });
            Runnable[] port = new Runnable[1];
            port[0] = () -> served.compareAndSet(false, slots.request(port[0]));
            Runnable[] greedy = new Runnable[1];
            greedy[0] = () -> {
                fds.hold(fds.free());
                reactor.afterSelect(greedy[0]);
            };
            loop.inLoop(() -> {
                port[0].run();
                greedy[0].run();
            });
            Await.until("the relay has its descriptors", served::get);
        }
    }

    private static List<RelayRig.Ends> fill(RelayRig rig, ServerSocket component) throws IOException {
        List<RelayRig.Ends> open = new ArrayList<>();
        for (int i = 0; i < LIMIT; i++) {
            open.add(rig.relayTo(component));
        }
        return open;
    }

    /** Serves the only client that is let through, and returns by which component. */
    private static int serveOne(List<ServerSocket> components) throws Exception {
        AtomicInteger served = new AtomicInteger(-1);
        Await.until("a client is served", () -> {
            for (int i = 0; i < components.size() && served.get() < 0; i++) {
                try (Socket connection = components.get(i).accept()) {
                    served.set(i);
                    connection.setSoLinger(true, 0); // ends both sides of the relay
                } catch (SocketTimeoutException nobody) {
                    // the next, then
                }
            }
            return served.get() >= 0;
        });
        return served.get();
    }

    private static void assertNobodyComes(ServerSocket component) throws IOException {
        component.setSoTimeout(MOMENT_MS);
        try (Socket unexpected = component.accept()) {
            assertTrue(unexpected.isClosed(), "somebody came");
        } catch (SocketTimeoutException nobody) {
            // as it should be
        }
    }
}
