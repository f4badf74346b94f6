package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.Background;
import dev.lander.relay.RandomStream;
import dev.lander.testing.Await;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Many relays whose readers have stopped share one budget of memory; here a small one, so that few are many. */
final class SpillBudgetTest {
    private static final int RELAYS = 64;
    private static final long BUDGET = 1024 * 1024;

    /**
     * More than the buffers of four sockets take in on their own, which depends on the machine, and a full spill
     * buffer.
     */
    private static final long BYTES_EACH = 16 * 1024 * 1024;

    private static final int STALL = 100;

    private final Deque<Socket> sockets = new ArrayDeque<>();

    @Test
    void stoppedReadersCostNoMoreThanTheBudgetAndAllIsDeliveredWhenTheyGoOn() throws Exception {
        long seed = System.nanoTime();
        try (ServerSocket component = new ServerSocket(0, RELAYS, InetAddress.getLoopbackAddress());
                TcpRoom room = new TcpRoom(new SpillBuffers(4 * BUDGET))) {
            room.register((InetSocketAddress) component.getLocalSocketAddress());
            List<Background<Boolean>> sending = new ArrayList<>();
            List<Socket> readers = new ArrayList<>();
            for (int i = 0; i < RELAYS; i++) {
                RandomStream stream = new RandomStream(seed + i, BYTES_EACH);
                Socket client = own(
                        new Socket(room.address().getAddress(), room.address().getPort()));
                readers.add(own(component.accept()));
                sending.add(Background.run(() -> {
                    stream.writeTo(client.getOutputStream());
                    client.shutdownOutput();
                }));
            }
            AtomicLong most = new AtomicLong();
            Await.until("the budget is used up", () -> look(room, most) >= BUDGET);
            awaitStall(room, most);

            List<Background<Boolean>> reading = new ArrayList<>();
            for (int i = 0; i < RELAYS; i++) {
                RandomStream stream = new RandomStream(seed + i, BYTES_EACH);
                Socket reader = readers.get(i);
                reading.add(Background.run(() -> stream.checkAll(reader.getInputStream())));
            }
            while (!reading.stream().allMatch(Background::isDone)) {
                look(room, most);
                LockSupport.parkNanos(1_000_000);
            }
            for (int i = 0; i < RELAYS; i++) {
                assertTrue(reading.get(i).result() && sending.get(i).result());
            }
            assertTrue(most.get() <= BUDGET + SpillBuffers.SMALL_READ, "at most " + most + " bytes were in use");
            assertEquals(0, room.spilled());
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static void awaitStall(TcpRoom room, AtomicLong most) {
        AtomicLong last = new AtomicLong();
        AtomicLong unchanged = new AtomicLong();
        Await.until("no relay goes on", () -> {
            long used = look(room, most);
            return used == last.getAndSet(used) ? unchanged.incrementAndGet() >= STALL : unchanged.getAndSet(0) < 0;
        });
    }

    private static long look(TcpRoom room, AtomicLong most) throws Exception {
        long used = room.spilled();
        most.accumulateAndGet(used, Math::max);
        return used;
    }

    private Socket own(Socket socket) {
        sockets.push(socket);
        return socket;
    }
}
