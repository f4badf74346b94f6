package dev.lander.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.JavaProgram;
import dev.lander.testing.RunningReactor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcceptorTest {
    private static final int BACKLOG = 1_000;

    private final List<SocketChannel> clients = new ArrayList<>();
    private RunningReactor loop;
    private ServerSocketChannel listener;
    private RecordingHost host;
    private Acceptor acceptor;

    @BeforeEach
    void open() throws IOException {
        loop = new RunningReactor();
        listener = ServerSocketChannel.open();
        listener.configureBlocking(false);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        host = new RecordingHost(loop.reactor());
        acceptor = new Acceptor(loop.reactor(), listener, host);
    }

    @AfterEach
    void close() throws IOException {
        loop.close();
        listener.close();
        for (SocketChannel client : clients) {
            client.close();
        }
        for (SocketChannel connection : host.accepted) {
            connection.close();
        }
        assertEquals(List.of(), loop.faults());
    }

    @Test
    void aConnectionIsAcceptedAndOwnedByTheHost() throws IOException {
        loop.start();
        connect(1);
        awaitAccepted(1);
        assertTrue(host.accepted.get(0).isBlocking());
        assertEquals(clients.get(0).getLocalAddress(), host.accepted.get(0).getRemoteAddress());
    }

    @Test
    void aTurnAcceptsNoMoreThanItsShare() throws IOException {
        connect(150);
        loop.start();
        awaitAccepted(150);
        Await.until("the turn has ended", () -> host.perTurn.size() == 3);
        assertEquals(List.of(64, 64, 22), host.perTurn);
    }

    @Test
    void aHostThatSaysNoIsNotAskedToTakeAnother() throws IOException {
        host.room = 2;
        connect(5);
        loop.start();
        awaitAccepted(2);
        loop.inLoop(() -> {});
        assertEquals(2, host.accepted.size());
        loop.inLoop(() -> {
            host.room = 3;
            acceptor.resume();
        });
        awaitAccepted(5);
    }

    @Test
    void aPausedAcceptorLeavesClientsWaitingAndTakesNoTurns() throws IOException {
        loop.start();
        loop.inLoop(acceptor::pause);
        connect(3);
        loop.inLoop(() -> {});
        int before = loop.clockReads();
        long endNs = System.nanoTime() + 100_000_000L;
        Await.until("a while is over", () -> System.nanoTime() > endNs);
        assertTrue(loop.clockReads() - before <= 1, "turns: " + (loop.clockReads() - before));
        assertEquals(List.of(), host.accepted);
        loop.inLoop(acceptor::resume);
        awaitAccepted(3);
    }

    @Test
    void allWhoWaitCanBeAcceptedBeforeTheEnd() throws IOException {
        connect(150);
        acceptor.acceptWaiting();
        assertEquals(150, host.accepted.size());
        acceptor.acceptWaiting();
        assertEquals(150, host.accepted.size());
    }

    @Test
    void allWhoWaitAreNotAcceptedPastTheHostsNo() throws IOException {
        host.room = 1;
        connect(3);
        acceptor.acceptWaiting();
        assertEquals(1, host.accepted.size());
    }

    @Test
    void aClosedAcceptorAcceptsNobodyAndIsDeafToPauseAndResume() throws IOException {
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        loop.start();
        loop.inLoop(() -> acceptor.onFault(new IOException("fault")));
        loop.inLoop(acceptor::close);
        assertFalse(loop.reactor().deadlines(Duration.ofMillis(100)).expireFirst(), "something is still to happen");
        loop.inLoop(() -> {
            acceptor.pause();
            acceptor.resume();
            acceptor.close();
        });
        assertFalse(listener.isOpen());
        assertThrows(ConnectException.class, () -> SocketChannel.open(address));
        assertEquals(List.of(), host.accepted);
    }

    @Test
    void whenTheHostsOwnFaultEscapesAcceptingPausesAMoment() throws IOException {
        host.thrown = new IllegalStateException("defect");
        connect(1);
        loop.start();
        Await.until("it was contained", () -> loop.faults().size() == 1);
        connect(1);
        loop.inLoop(() -> {});
        loop.advance(Duration.ofMillis(99));
        assertEquals(1, host.accepted.size());
        loop.advance(Duration.ofMillis(1));
        awaitAccepted(2);
        assertEquals(
                List.of("defect"),
                loop.faults().stream().map(Exception::getMessage).toList());
        loop.faults().clear();
    }

    @Test
    void aConnectionThatTheHostFailedToTakeOverIsClosed() throws IOException {
        host.thrown = new IllegalStateException("defect");
        connect(1);
        loop.start();
        Await.until("it was contained", () -> loop.faults().size() == 1);
        assertEquals(-1, clients.get(0).read(ByteBuffer.allocate(1)));
        loop.faults().clear();
    }

    @Test
    void whenDescriptorsRunOutAcceptingPausesAMomentAndGoesOn() throws IOException, InterruptedException {
        try (ChildProcess program =
                ChildProcess.startLimited(128, JavaProgram.command(AcceptsWithoutDescriptors.class))) {
            assertEquals(0, program.exitStatus(Duration.ofSeconds(20)), program::toString);
            assertEquals(
                    List.of(
                            "accepted 1, failed 0",
                            "accepted 1, failed 1",
                            "accepted 1, failed 1",
                            "accepted 1, failed 2",
                            "accepted 3, failed 2"),
                    program.output());
        }
    }

    private void connect(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            clients.add(SocketChannel.open(listener.getLocalAddress()));
        }
    }

    private void awaitAccepted(int count) {
        Await.until(count + " are accepted", () -> host.accepted.size() >= count);
        assertEquals(count, host.accepted.size());
    }

    /** Takes connections as long as it has room, and counts those of each turn. */
    private static final class RecordingHost implements Acceptor.Host {
        private final Reactor reactor;
        private final List<SocketChannel> accepted = new CopyOnWriteArrayList<>();
        private final List<Integer> perTurn = new CopyOnWriteArrayList<>();
        private int thisTurn;
        private int room = Integer.MAX_VALUE;
        private @Nullable RuntimeException thrown;

        RecordingHost(Reactor reactor) {
            this.reactor = reactor;
        }

        @Override
        public boolean makeRoom(Acceptor asking) {
            if (room == 0) {
                asking.pause();
            }
            return room > 0;
        }

        @Override
        public void onAccepted(SocketChannel connection) {
            accepted.add(connection);
            room--;
            thisTurn++;
            if (thisTurn == 1) {
                reactor.atTurnEnd(() -> {
                    perTurn.add(thisTurn);
                    thisTurn = 0;
                });
            }
            RuntimeException once = thrown;
            if (once != null) {
                thrown = null;
                throw once;
            }
        }

        @Override
        public void onAcceptFailed(IOException fault) {
            throw new AssertionError(fault);
        }
    }
}
