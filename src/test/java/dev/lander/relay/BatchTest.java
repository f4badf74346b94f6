package dev.lander.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lander.reactor.Reactor;
import dev.lander.sockets.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class BatchTest {
    private static final int CAPACITY = 128 * 1024;
    private static final int LONGEST = 65_535;
    private static final int HEADROOM = 64;

    @Test
    void aBatchThatIsOneByteFromFullHasRoomForTheLongestPiece() throws IOException {
        Reactor reactor = new Reactor(Sockets.ofSystem(), System::nanoTime, (source, fault) -> {});
        Batch<String> batch = new Batch<>(reactor, CAPACITY, LONGEST, HEADROOM);
        Batch.Owner<String> owner = new Batch.Owner<>() {
            @Override
            public void send(String about, ByteBuffer piece) {}

            @Override
            public void onFault(Exception fault) {}
        };
        for (int length : new int[] {65_000, 60_000, CAPACITY - 1 - 65_000 - 60_000 - 3 * HEADROOM}) {
            ByteBuffer room = batch.room(LONGEST);
            room.position(room.position() + length);
            batch.add(owner, "");
        }

        assertFalse(batch.isFull());
        assertEquals(LONGEST, batch.room(LONGEST).remaining());
    }
}
