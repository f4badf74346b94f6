package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.kernel.PatientPipes;
import dev.lander.kernel.Pipe;
import dev.lander.relay.AccessLog;
import dev.lander.relay.Background;
import dev.lander.relay.TcpSettings;
import dev.lander.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often streams move in a turn of a real loop, while they have more than one move takes. */
final class SpliceMovesTest {
    private static final int MOST_IN_A_ROW = 8;
    private static final int MOST_IN_A_TURN = 64;
    private static final int COMPANY = 16;
    private static final int TIMEOUT_MS = 10_000;

    /** What each stream sends: all that it may move in a turn, and as much again. */
    private static final int MEGABYTES = 2 * MOST_IN_A_ROW;

    private final AtomicInteger turns = new AtomicInteger();
    private final PatientPipes pipes = new PatientPipes(turns::get);
    private final byte[] megabyte = new byte[Pipe.CAPACITY];
    private final List<Socket> sockets = new ArrayList<>();
    private final List<Background<Boolean>> readers = new ArrayList<>();
    private ServerSocket component;
    private TcpRoom room;

    @BeforeEach
    void start() throws Exception {
        component = new ServerSocket(0, COMPANY, InetAddress.getLoopbackAddress());
        TcpRoom.Machine machine = new TcpRoom.Machine();
        machine.sockets = pipes.sockets();
        machine.clock = this::readClock;
        TcpSettings settings = new TcpSettings(
                Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO, Duration.ZERO, 2 * COMPANY, List.of(), true);
        room = new TcpRoom(new SpillBuffers(1L << 28), AccessLog.NONE, machine, settings);
        room.register((InetSocketAddress) component.getLocalSocketAddress());
    }

    @AfterEach
    void end() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        component.close();
        room.close();
    }

    @Test
    void aStreamAloneMakesEightMovesInATurn() throws Exception {
        List<List<Integer>> turnsOfAll = movesOf(1);
        assertEquals(List.of(MOST_IN_A_ROW), turnsOfAll.get(0));
    }

    @Test
    void streamsBesideOthersMakeFewerMovesInATurn() throws Exception {
        List<Integer> moves = movesOf(COMPANY).get(0);
        assertEquals(COMPANY, moves.size(), "streams that were ready in the same turn");
        for (int i = 0; i < COMPANY; i++) {
            assertEquals(Math.min(MOST_IN_A_ROW, MOST_IN_A_TURN / (i + 1)), moves.get(i), "stream " + i);
        }
    }

    /** How many moves each of so many streams has made in each turn, as they came up. */
    private List<List<Integer>> movesOf(int streams) throws Exception {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            clients.add(spliced());
        }
        CountDownLatch release = new CountDownLatch(1);
        room.hold(release);
        pipes.beginToWait();
        CountDownLatch begun = new CountDownLatch(streams);
        List<Background<Boolean>> senders = new ArrayList<>();
        for (Socket client : clients) {
            senders.add(Background.run(() -> {
                client.getOutputStream().write(megabyte, 0, megabyte.length / 2);
                begun.countDown();
                client.getOutputStream().write(megabyte, 0, megabyte.length / 2);
                for (int i = 1; i < MEGABYTES; i++) {
                    client.getOutputStream().write(megabyte);
                }
                client.shutdownOutput();
            }));
        }
        begun.await();
        release.countDown();
        for (Background<Boolean> part : senders) {
            assertTrue(part.result());
        }
        for (Background<Boolean> part : readers) {
            assertTrue(part.result());
        }
        Map<Integer, Map<Integer, Integer>> counts = new LinkedHashMap<>();
        for (PatientPipes.Move move : pipes.moves()) {
            counts.computeIfAbsent(move.turn(), turn -> new LinkedHashMap<>()).merge(move.source(), 1, Integer::sum);
        }
        return counts.values().stream().map(turn -> List.copyOf(turn.values())).toList();
    }

    /** The client of a relay that is spliced already. */
    private Socket spliced() throws Exception {
        Socket client =
                own(new Socket(room.address().getAddress(), room.address().getPort()));
        Socket served = own(component.accept());
        readers.add(Background.run(() -> {
            byte[] scrap = new byte[megabyte.length];
            while (served.getInputStream().read(scrap) >= 0) {
                // what it is does not matter here
            }
        }));
        long before = room.spliced();
        Await.until("it is spliced", () -> {
            client.getOutputStream().write(megabyte);
            return room.spliced() > before;
        });
        return client;
    }

    private Socket own(Socket socket) throws IOException {
        sockets.add(socket);
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    /** The loop reads it once a turn. */
    private long readClock() {
        turns.incrementAndGet();
        return System.nanoTime();
    }
}
