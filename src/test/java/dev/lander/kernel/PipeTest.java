package dev.lander.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.sockets.Channels;
import dev.lander.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PipeTest {
    private static final int MUCH = 3 * Pipe.CAPACITY;

    private final RecordedPipes calls = new RecordedPipes();

    @Test
    void whatIsTakenFromOneConnectionIsHandedToAnother() throws Exception {
        byte[] bytes = new byte[300_000];
        new SplittableRandom(1).nextBytes(bytes);
        Pipe pipe = Objects.requireNonNull(Pipe.open(calls));
        try (Pair from = new Pair();
                Pair to = new Pair()) {
            ByteBuffer came = ByteBuffer.allocate(bytes.length);
            ByteBuffer sent = ByteBuffer.wrap(bytes);
            while (came.hasRemaining()) {
                from.writer.write(sent);
                if (pipe.held() == 0) {
                    pipe.takeFrom(from.reader, MUCH);
                }
                pipe.handTo(to.writer);
                to.reader.read(came);
            }
            assertArrayEquals(bytes, came.array());
        }
        pipe.close();
        assertEquals(0, calls.open());
    }

    @Test
    void anEndAndNothingYetAreBothForAnOrdinaryReadToTell() throws Exception {
        Pipe pipe = Objects.requireNonNull(Pipe.open(calls));
        try (Pair from = new Pair()) {
            assertEquals(0, pipe.takeFrom(from.reader, MUCH));
            from.writer.shutdownOutput();
            Await.until("the end has come", () -> from.reader.read(ByteBuffer.allocate(1)) < 0);
            assertEquals(0, pipe.takeFrom(from.reader, MUCH));
            from.reader.close();
            assertEquals(0, pipe.takeFrom(from.reader, MUCH));
        }
        pipe.close();
    }

    @Test
    void aResetIsToldAtOnce() throws Exception {
        Pipe pipe = Objects.requireNonNull(Pipe.open(calls));
        try (Pair from = new Pair()) {
            Channels.reset(from.writer);
            Await.until("it has come", () -> isBroken(pipe, from.reader));
        }
        pipe.close();
    }

    @Test
    void aSinkThatIsGoneIsToldAndHarmsNothing() throws Exception {
        Pipe pipe = Objects.requireNonNull(Pipe.open(calls));
        try (Pair from = new Pair();
                Pair to = new Pair()) {
            to.writer.shutdownOutput(); // else SIGPIPE would not be raised
            from.writer.write(ByteBuffer.allocate(10));
            Await.until("it has come", () -> pipe.takeFrom(from.reader, MUCH) == 10);
            assertThrows(IOException.class, () -> pipe.handTo(to.writer));
            assertEquals(10, pipe.held());
        }
        pipe.close();
    }

    @Test
    void itHoldsNoMoreThanItsCapacityAndASlowSinkLeavesTheRest() throws Exception {
        Pipe pipe = Objects.requireNonNull(Pipe.open(calls));
        try (Pair from = new Pair();
                Pair to = new Pair()) {
            while (to.writer.write(ByteBuffer.allocate(MUCH)) > 0) {
                // until nothing fits any more
            }
            from.writer.write(ByteBuffer.allocate(MUCH));
            Await.until("something has come", () -> pipe.takeFrom(from.reader, MUCH) > 0);
            int held = pipe.held();
            assertTrue(held <= Pipe.CAPACITY, held + " bytes");
            assertEquals(0, pipe.handTo(to.writer));
            assertEquals(held, pipe.held());
        }
        pipe.close();
    }

    @Test
    void aPipeThatTheSystemMakesTooSmallIsClosedAtOnce() {
        calls.allow(1);
        Pipe first = Pipe.open(calls);
        assertNotNull(first);
        assertNull(Pipe.open(calls));
        assertEquals(Pipe.DESCRIPTORS, calls.open());
        first.close();
        assertEquals(0, calls.open());
    }

    private static boolean isBroken(Pipe pipe, SocketChannel source) {
        try {
            assertEquals(0, pipe.takeFrom(source, MUCH));
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** The two ends of a connection, neither of which waits. */
    private static final class Pair implements AutoCloseable {
        private final SocketChannel writer;
        private final SocketChannel reader;

        Pair() throws IOException {
            try (ServerSocketChannel listener = ServerSocketChannel.open()) {
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                writer = SocketChannel.open(listener.getLocalAddress());
                reader = listener.accept();
                for (SocketChannel end : Arrays.asList(writer, reader)) {
                    end.configureBlocking(false);
                }
            }
        }

        @Override
        public void close() throws IOException {
            writer.close();
            reader.close();
        }
    }
}
