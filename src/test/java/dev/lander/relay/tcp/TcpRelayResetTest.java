package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.Background;
import dev.lander.relay.RandomStream;
import dev.lander.relay.Received;
import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A reset by one end reaches the other as a reset, behind all that Lander had read before it. */
final class TcpRelayResetTest {
    private static final long MORE_THAN_FITS = 100L * 1024 * 1024;

    private static final int MEGABYTE = 1024 * 1024;
    private static final int LAST_BYTES = 2 * 1024;

    /** Less than fits into any buffer between the ends. */
    private static final int FEW_BYTES = 20_000;

    @Test
    void clientsResetReachesTheComponent() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            reset(ends.client());
            assertReset(0, ends.component());
            awaitEnd(rig);
        }
    }

    @Test
    void componentsResetReachesTheClient() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            reset(ends.component());
            assertReset(0, ends.client());
            awaitEnd(rig);
        }
    }

    @Test
    void componentGetsWhatWasReadBeforeTheReset() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            ends.client().getOutputStream().write(new byte[FEW_BYTES]);
            Await.until("Lander has read it", () -> rig.sum("bytes_in") == FEW_BYTES);
            reset(ends.client());
            assertReset(FEW_BYTES, ends.component());
        }
    }

    @Test
    void clientGetsWhatWasReadBeforeTheReset() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            ends.component().getOutputStream().write(new byte[FEW_BYTES]);
            Await.until("Lander has read it", () -> rig.sum("bytes_out") == FEW_BYTES);
            reset(ends.component());
            assertReset(FEW_BYTES, ends.client());
        }
    }

    @Test
    void resetAfterTheOtherHasEndedIsPassedOn() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            ends.component().shutdownOutput();
            assertEquals(-1, ends.client().getInputStream().read());
            reset(ends.client());
            assertReset(0, ends.component());
        }
    }

    /** Lander hears of the reset first; that the client's end could be read as well does not make it an orderly one. */
    @Test
    void resetReachesAClientThatEndsInTheSameTurn() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            RelayRig.Ends ends = rig.relay();
            rig.inOneTurn(() -> {
                reset(ends.component());
                ends.client().shutdownOutput();
            });
            assertReset(0, ends.client());
            awaitEnd(rig);
        }
    }

    @Test
    void resetBehindAnOrderlyEndIsPassedOn() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            RelayRig.Ends ends = rig.relay();
            ends.client().shutdownOutput();
            assertEquals(-1, ends.component().getInputStream().read());
            reset(ends.client());
            // A side that nobody reads from or writes to hears of no reset: Lander notices when it writes.
            ends.component().getOutputStream().write(1);
            Await.until("Lander has passed it on", () -> rig.sum("bytes_out") == 1);
            rig.advance(Duration.ofSeconds(5));
            awaitEnd(rig);
            // To one that has read the end, a reset shows at the first write; a mere close would at the second.
            assertThrows(
                    SocketException.class,
                    () -> ends.component().getOutputStream().write(2));
        }
    }

    @Test
    void clientThatReadsLateGetsAllThatIsAheadOfAnOrderlyEndAndAReset() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            RelayRig.Ends ends = answerEndAndReset(rig);
            rig.advance(Duration.ofSeconds(5));
            assertEquals(1, rig.sum("active"));
            Received received = Received.from(ends.client());
            assertEquals(MEGABYTE, received.length());
            ends.client().close();
            awaitEnd(rig);
        }
    }

    @Test
    void resetBehindAnOrderlyEndWaitsForHalfAMinuteAtMost() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            RelayRig.Ends ends = answerEndAndReset(rig);
            rig.advance(Duration.ofSeconds(31));
            awaitEnd(rig);
            assertTrue(Received.from(ends.client()).reset(), "it was reset");
        }
    }

    @Test
    void slowComponentGetsAllThatWasReadAndThenTheReset() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            RelayRig.Ends ends = rig.relay();
            stallThenReset(rig, ends.client(), ends.component(), "bytes_in");
        }
    }

    @Test
    void slowClientGetsAllThatWasReadAndThenTheReset() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            RelayRig.Ends ends = rig.relay();
            stallThenReset(rig, ends.component(), ends.client(), "bytes_out");
        }
    }

    @Test
    void slowComponentWithASmallBufferGetsAllThatWasReadAndThenTheReset() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            ServerSocket component = rig.listenWithSmallBuffer();
            rig.register("tcp", component.getLocalPort());
            RelayRig.Ends ends = rig.relayTo(component);
            stallThenReset(rig, ends.client(), ends.component(), "bytes_in");
        }
    }

    @Test
    void slowClientWithASmallBufferGetsAllThatWasReadAndThenTheReset() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            Socket client = rig.connectWithSmallBuffer();
            stallThenReset(rig, rig.accept(component), client, "bytes_out"); // stands, since bytes pass
        }
    }

    @Test
    void resetWaitsForAReaderThatHasStopped() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            RelayRig.Ends ends = rig.relay();
            ends.client().getOutputStream().write(new byte[MEGABYTE]);
            Await.until("Lander has read it", () -> rig.sum("bytes_in") == MEGABYTE);
            reset(ends.client());
            rig.advance(Duration.ofMinutes(1));
            assertEquals(1, rig.sum("active"));
            Background<Received> reading = Background.start(() -> Received.from(ends.component()));
            Await.until("the reset has come", () -> {
                rig.advance(Duration.ofMillis(500));
                return reading.isDone();
            });
            Received received = reading.result();
            // The system does not tell of the last bytes, as many as the smallest send buffer takes.
            assertTrue(received.length() > MEGABYTE - LAST_BYTES, received.length() + " bytes came");
            assertTrue(received.reset(), "it was reset");
        }
    }

    @Test
    void deliveringEndsWhenTheOtherSideIsGoneToo() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            Background<Boolean> sending = sendUntilReset(new RandomStream(1, MORE_THAN_FITS), ends.client());
            rig.awaitStall("bytes_in");
            reset(ends.client());
            assertTrue(sending.result());
            reset(ends.component());
            awaitEnd(rig);
        }
    }

    /** The component answers, ends in order and resets, while the client still sends and reads nothing. */
    private static RelayRig.Ends answerEndAndReset(RelayRig rig) throws Exception {
        RelayRig.Ends ends = rig.relay();
        ends.component().getOutputStream().write(new byte[MEGABYTE]);
        ends.component().shutdownOutput();
        Await.until("Lander has read it", () -> rig.sum("bytes_out") == MEGABYTE);
        rig.letTurn();
        reset(ends.component());
        ends.client().getOutputStream().write(1);
        Await.until("Lander has tried to pass it on", () -> rig.sum("bytes_in") == 1);
        return ends;
    }

    /**
     * One end sends until all buffers between the two are full, and resets; then the other begins to read. It gets all
     * that Lander has ever read, whenever that was.
     */
    private static void stallThenReset(RelayRig rig, Socket from, Socket to, String counter) throws Exception {
        RandomStream stream = new RandomStream(System.nanoTime(), MORE_THAN_FITS);
        Background<Boolean> sending = sendUntilReset(stream, from);
        assertTrue(rig.awaitStall(counter) > FEW_BYTES);
        reset(from);
        assertTrue(sending.result());
        AtomicLong came = new AtomicLong();
        Background<Boolean> reading = Background.run(() -> checkUntilReset(stream, to, came));
        Await.until("the reset has come, behind all that Lander had read", () -> {
            if (came.get() == rig.sum(counter)) {
                rig.advance(Duration.ofMillis(500));
            }
            return reading.isDone();
        });
        assertTrue(reading.result());
        assertEquals(rig.sum(counter), came.get());
        awaitEnd(rig);
    }

    private static Background<Boolean> sendUntilReset(RandomStream stream, Socket from) {
        return Background.run(() -> {
            try {
                stream.writeTo(from.getOutputStream());
            } catch (SocketException closed) {
                // the test has reset it
            }
        });
    }

    private static void checkUntilReset(RandomStream stream, Socket socket, AtomicLong came) throws IOException {
        InputStream counting = new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] bytes, int start, int length) throws IOException {
                int count = socket.getInputStream().read(bytes, start, length);
                came.addAndGet(Math.max(0, count));
                return count;
            }
        };
        try {
            stream.checkAll(counting);
        } catch (SocketException reset) {
            return;
        }
        throw new AssertionError("it has ended in order");
    }

    private static void assertReset(int length, Socket socket) throws IOException {
        Received received = Received.from(socket);
        assertEquals(length, received.length());
        assertTrue(received.reset(), "it was reset");
    }

    private static void awaitEnd(RelayRig rig) {
        Await.until("the relay has ended", () -> rig.sum("active") == 0);
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
