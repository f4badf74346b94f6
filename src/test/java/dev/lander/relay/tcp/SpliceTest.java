package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.lander.kernel.Pipe;
import dev.lander.kernel.PipeSource;
import dev.lander.relay.AccessLog;
import dev.lander.relay.Background;
import dev.lander.relay.RandomStream;
import dev.lander.relay.Received;
import dev.lander.relay.TcpSettings;
import dev.lander.sockets.Sockets;
import dev.lander.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Streams that are moved within the kernel: nobody can tell but by the cost. */
final class SpliceTest {
    private static final int RELAYS = 24;
    private static final int STALLED = 40;
    private static final long MEGABYTE = 1024 * 1024;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bytesOfAllSizesPassUnchangedHoweverTheEndsClose(boolean splice) throws Exception {
        long seed = System.nanoTime();
        SplittableRandom sizes = new SplittableRandom(seed);
        try (SpliceRig rig = new SpliceRig(splice, 100_000)) {
            if (splice) {
                rig.awaitSplicing();
            }
            long before = carried(rig);
            long sent = 0;
            List<Background<Boolean>> work = new ArrayList<>();
            for (int i = 0; i < RELAYS; i++) {
                RandomStream request = new RandomStream(seed + i, sizes.nextLong(6 * MEGABYTE));
                RandomStream response = new RandomStream(~seed - i, sizes.nextLong(6 * MEGABYTE));
                sent += request.length() + response.length();
                SpliceRig.Ends ends = rig.relay();
                boolean clientFirst = sizes.nextBoolean();
                boolean atOnce = sizes.nextBoolean();
                Socket first = clientFirst ? ends.client() : ends.component();
                Socket second = clientFirst ? ends.component() : ends.client();
                work.add(SpliceRig.send(request, first));
                work.add(Background.run(() -> {
                    if (!atOnce) {
                        request.checkAll(second.getInputStream()); // answers behind the other's end
                    }
                    SpliceRig.send(response, second);
                    if (atOnce) {
                        request.checkAll(second.getInputStream());
                    }
                }));
                work.add(Background.run(() -> response.checkAll(first.getInputStream())));
            }
            for (Background<Boolean> part : work) {
                assertTrue(part.result(), "seed " + seed);
            }
            assertEquals(before + sent, carried(rig), "bytes counted");
            assertEquals(splice, rig.room().spliced() > 0);
            Await.until("all have ended", () -> rig.room().taken() == 0);
            assertEquals(0, rig.room().spilled());
            assertEquals(List.of(), rig.room().faults());
        }
    }

    @Test
    void theEndComesBehindTheLastByteInThePipe() throws Exception {
        try (SpliceRig rig = new SpliceRig()) {
            rig.awaitSplicing();
            RandomStream stream = new RandomStream(System.nanoTime(), 24 * MEGABYTE);
            SpliceRig.Ends ends = rig.stalledRelay(stream);
            stream.checkAll(ends.component().getInputStream());
            ends.component().getOutputStream().write(7); // the other direction is still open
            assertEquals(7, ends.client().getInputStream().read());
        }
    }

    @Test
    void aResetComesBehindTheBytesInThePipe() throws Exception {
        try (SpliceRig rig = new SpliceRig()) {
            rig.awaitSplicing();
            long before = carried(rig);
            SpliceRig.Ends ends = rig.stalledRelay(new RandomStream(1, SpliceRig.MORE_THAN_FITS));
            awaitStall(rig);
            long taken = carried(rig) - before;
            ends.client().setSoLinger(true, 0);
            ends.client().close();
            Background<Received> reading = Background.start(() -> Received.from(ends.component()));
            Await.until("the reset has come", () -> {
                rig.advance();
                return reading.isDone();
            });
            Received received = reading.result();
            assertTrue(received.reset(), "it was reset");
            assertTrue(received.length() >= taken, received.length() + " of " + taken + " bytes came");
            Await.until("the relay has ended", () -> rig.room().taken() == 0);
            assertPipesAreEmpty(rig);
        }
    }

    @Test
    void aPipeThatIsGivenUpWithBytesInItIsClosed() throws Exception {
        try (SpliceRig rig = new SpliceRig()) {
            rig.awaitSplicing();
            for (int i = 0; i < 5; i++) {
                SpliceRig.Ends ends = rig.stalledRelay(new RandomStream(i, SpliceRig.MORE_THAN_FITS));
                awaitStall(rig);
                ends.component().setSoLinger(true, 0);
                ends.component().close();
                Await.until("the relay has ended", () -> rig.room().taken() == 0);
                rig.stream(4 * MEGABYTE); // whole, and nothing else
            }
            assertPipesAreEmpty(rig);
        }
    }

    @Test
    void relaysThatAreCutLeaveNoPipe() throws Exception {
        try (SpliceRig rig = new SpliceRig()) {
            rig.awaitSplicing();
            rig.rest();
            int free = rig.room().freeDescriptors();
            assertEquals(0, rig.pipes().open());
            for (int i = 0; i < 5; i++) {
                rig.stalledRelay(new RandomStream(i, SpliceRig.MORE_THAN_FITS));
            }
            awaitStall(rig);
            assertTrue(rig.pipes().open() > 0, "bytes wait in pipes");
            rig.room().cut();
            Await.until("all have ended", () -> rig.room().taken() == 0);
            assertEquals(0, rig.room().spilled());
            rig.rest();
            assertEquals(0, rig.pipes().open());
            assertEquals(free, rig.room().freeDescriptors());
        }
    }

    @Test
    void anEndedLoopLeavesNoPipe() throws Exception {
        SpliceRig rig = new SpliceRig();
        try (rig) {
            rig.awaitSplicing();
            rig.stalledRelay(new RandomStream(1, SpliceRig.MORE_THAN_FITS));
            assertTrue(rig.pipes().open() > 0);
        }
        assertEquals(0, rig.pipes().open());
    }

    @Test
    void stalledReadersHoldAtMostAPipeEachAndAQuarterOfTheBudget() throws Exception {
        try (SpliceRig rig = new SpliceRig()) {
            rig.awaitSplicing();
            List<SpliceRig.Ends> stalled = new ArrayList<>();
            List<RandomStream> streams = new ArrayList<>();
            for (int i = 0; i < STALLED; i++) {
                streams.add(new RandomStream(i, 12 * MEGABYTE));
                stalled.add(rig.stalledRelay(streams.get(i)));
            }
            awaitStall(rig);
            long parked = rig.room().parked();
            assertTrue(parked > 0 && parked <= SpliceRig.BUDGET / 4, parked + " bytes wait in pipes");
            assertTrue(
                    rig.room().spilled() <= SpliceRig.BUDGET + SpillBuffers.SMALL_READ,
                    rig.room().spilled() + " bytes wait");
            int pipes = rig.pipes().open() / Pipe.DESCRIPTORS;
            assertTrue(pipes <= STALLED, pipes + " pipes");
            List<Background<Boolean>> reading = new ArrayList<>();
            for (int i = 0; i < STALLED; i++) {
                RandomStream stream = streams.get(i);
                Socket reader = stalled.get(i).component();
                reading.add(Background.run(() -> stream.checkAll(reader.getInputStream())));
            }
            for (Background<Boolean> reader : reading) {
                assertTrue(reader.result());
            }
            assertEquals(0, rig.room().spilled());
            assertPipesAreEmpty(rig);
        }
    }

    @Test
    void whereTheSystemGivesSmallPipesOnlyStreamsAreCopiedAndItIsTriedAgainLater() throws Exception {
        try (SpliceRig rig = new SpliceRig()) {
            rig.awaitSplicing();
            rig.rest();
            rig.pipes().allow(0);
            long before = rig.room().spliced();
            int made = rig.pipes().made();
            rig.stream(16 * MEGABYTE);
            assertEquals(before, rig.room().spliced());
            assertEquals(made + 1, rig.pipes().made(), "the system is asked once");
            assertEquals(0, rig.pipes().open());
            rig.pipes().allow(1);
            rig.rest();
            rig.stream(16 * MEGABYTE);
            assertTrue(rig.room().spliced() > before, "it is spliced again");
        }
    }

    @Test
    void withFewDescriptorsLeftStreamsAreCopied() throws Exception {
        long descriptors = 48 + 40; // the reserve, and so few that a sixteenth is one pipe
        try (SpliceRig rig = new SpliceRig(true, descriptors)) {
            rig.awaitSplicing();
            rig.rest();
            List<SpliceRig.Ends> held = new ArrayList<>();
            while (rig.room().freeDescriptors() > 12) {
                held.add(rig.relay());
                Await.until("it stands", () -> rig.room().taken() == held.size());
            }
            long before = rig.room().spliced();
            rig.stream(16 * MEGABYTE);
            assertEquals(before, rig.room().spliced());
            assertEquals(0, rig.pipes().open());
        }
    }

    @Test
    void aStreamThatTricklesIsCopied() throws Exception {
        try (SpliceRig rig = new SpliceRig()) {
            rig.awaitSplicing();
            SpliceRig.Ends ends = rig.relay();
            OutputStream out = ends.client().getOutputStream();
            byte[] block = new byte[(int) MEGABYTE];
            long before = rig.room().spliced();
            Await.until("it is spliced", () -> {
                Background<Boolean> sending = Background.run(() -> out.write(block));
                ends.component().getInputStream().readNBytes(block.length);
                return sending.result() && rig.room().spliced() > before;
            });
            for (int i = 0; i < 10; i++) {
                pass(ends);
            }
            long after = rig.room().spliced();
            for (int i = 0; i < 10; i++) {
                pass(ends);
            }
            assertEquals(after, rig.room().spliced());
        }
    }

    @Test
    void whileSmallChunksOfOthersComeLittleIsMovedAtOnce() throws Exception {
        try (SpliceRig rig = new SpliceRig()) {
            rig.awaitSplicing();
            SpliceRig.Ends other = rig.relay();
            rig.rest();
            rig.pipes().largest();
            pass(other); // and time stands still from here on
            rig.stream(16 * MEGABYTE);
            assertEquals(128 * 1024, rig.pipes().largest());
            rig.rest();
            Await.until("much is moved at once again", () -> {
                rig.stream(16 * MEGABYTE);
                rig.advance();
                return rig.pipes().largest() == Pipe.CAPACITY;
            });
        }
    }

    /** The kernel's splice stops before an urgent byte, and says that the stream has ended when its end has come. */
    @Test
    void urgentBytesWithinAStreamStayWhereTheyAre() throws Exception {
        try (SpliceRig rig = new SpliceRig()) {
            rig.awaitSplicing();
            for (int round = 0; round < 5; round++) {
                SpliceRig.Ends ends = rig.relay();
                ByteArrayOutputStream sent = new ByteArrayOutputStream();
                byte[] block = new RandomStream(round, 2 * MEGABYTE).bytes();
                Background<Received> receiving = Background.start(() -> Received.from(ends.component()));
                for (int i = 0; i < 4; i++) {
                    ends.client().getOutputStream().write(block);
                    ends.client().sendUrgentData(i);
                    sent.writeBytes(block);
                    sent.write(i);
                }
                ends.client().getOutputStream().write(block, 0, round);
                sent.write(block, 0, round);
                ends.client().shutdownOutput();
                int difference =
                        Arrays.mismatch(sent.toByteArray(), receiving.result().bytes());
                assertEquals(-1, difference, "round " + round);
            }
        }
    }

    @Test
    void whereTheCallsAreMissingStreamsAreCopiedAndTheLogSaysSoOnce() throws Exception {
        Logged logged = new Logged();
        TcpRoom.Machine machine = new TcpRoom.Machine();
        machine.sockets = Sockets.withPipes(PipeSource.of(() -> {
            throw new UnsatisfiedLinkError("no such thing here");
        }));
        TcpSettings settings = new TcpSettings(
                Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO, Duration.ZERO, 10, List.of(), true);
        try (logged;
                ServerSocket component = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TcpRoom room = new TcpRoom(new SpillBuffers(1L << 30), AccessLog.NONE, machine, settings)) {
            room.register((InetSocketAddress) component.getLocalSocketAddress());
            for (int i = 0; i < 3; i++) {
                RandomStream stream = new RandomStream(i, 16 * MEGABYTE);
                try (Socket client = new Socket(
                                room.address().getAddress(), room.address().getPort());
                        Socket served = component.accept()) {
                    SpliceRig.send(stream, client);
                    stream.checkAll(served.getInputStream());
                }
            }
            assertEquals(0, room.spliced());
            assertEquals(List.of(), room.faults());
            assertEquals(
                    List.of("streams are copied, since splice is not to be had here: no such thing here"),
                    logged.lines);
        }
    }

    private static void pass(SpliceRig.Ends ends) throws Exception {
        ends.client().getOutputStream().write('x');
        assertEquals('x', ends.component().getInputStream().read());
    }

    /** All that were relayed, both ways. */
    private static long carried(SpliceRig rig) throws Exception {
        return rig.room().components().stream()
                .mapToLong(one -> one.bytesIn() + one.bytesOut())
                .sum();
    }

    private static void awaitStall(SpliceRig rig) {
        long[] seen = new long[2];
        Await.until("nothing goes on", () -> {
            long now = carried(rig);
            seen[1] = now == seen[0] ? seen[1] + 1 : 0;
            seen[0] = now;
            return seen[1] == 100;
        });
    }

    /** Those that are left wait for their next use, and are closed when there is none. */
    private static void assertPipesAreEmpty(SpliceRig rig) throws Exception {
        rig.rest();
        assertEquals(0, rig.pipes().open());
    }

    /** What the room's log says. */
    private static final class Logged extends AppenderBase<ILoggingEvent> implements AutoCloseable {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final Logger logger = (Logger) LoggerFactory.getLogger(Splices.class);

        Logged() {
            start();
            logger.addAppender(this);
        }

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }

        @Override
        public void close() {
            logger.detachAppender(this);
        }
    }
}
