package dev.lander.relay.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.metrics.Counter;
import dev.lander.relay.Background;
import dev.lander.relay.RandomStream;
import dev.lander.relay.Received;
import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What many relays get at once is read together and written together, and each keeps its own. */
final class TcpRelayBurstTest {
    private static final int MEGABYTE = 1024 * 1024;
    private static final int RECEIVE_BUFFER = 64 * 1024;

    private static final int TIMEOUT_MS = 10_000;
    private static final long PLENTY = 1L << 30;

    /** Small enough to be put off. */
    private static final int CHUNK = 20_000;

    @Test
    void smallChunksReachEachComponent() throws Exception {
        passAtOnce(20, 100, 0);
    }

    @Test
    void moreChunksThanAreKeptReachEachComponent() throws Exception {
        passAtOnce(300, 1, 0);
    }

    @Test
    void moreBytesThanAreKeptReachEachComponent() throws Exception {
        passAtOnce(70, 3_000, 0);
    }

    @Test
    void chunksThatFillTheBufferReachEachComponent() throws Exception {
        passAtOnce(9, 16_384, 0);
    }

    @Test
    void bothEndsMaySpeakAtOnce() throws Exception {
        passAtOnce(50, 100, 1_000);
    }

    @Test
    void smallPiecesWaitForTheirReadersWholeAndInOrder() throws Exception {
        int length = 8 * MEGABYTE;
        long seed = System.nanoTime();
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket component = rig.listen();
            component.setReceiveBufferSize(RECEIVE_BUFFER); // does not grow
            rig.register("tcp", component.getLocalPort());
            List<RelayRig.Ends> relays = relays(rig, component, 3);
            List<Background<Boolean>> sending = new ArrayList<>();
            for (int i = 0; i < relays.size(); i++) {
                byte[] bytes = new RandomStream(seed + i, length).bytes();
                Socket client = relays.get(i).client();
                sending.add(Background.run(() -> sendInPieces(bytes, client)));
            }
            long taken = rig.awaitStall("bytes_in");
            assertTrue(taken < (long) relays.size() * length, "nobody reads, and all was taken");
            for (int i = 0; i < relays.size(); i++) {
                new RandomStream(seed + i, length)
                        .checkAll(relays.get(i).component().getInputStream());
                assertTrue(sending.get(i).result());
            }
        }
    }

    @Test
    void chunkThatItsReaderDoesNotTakeWaitsForIt() throws Exception {
        RandomStream stream = new RandomStream(System.nanoTime(), 32 * MEGABYTE);
        byte[] bytes = stream.bytes();
        int sent = 0;
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TcpRoom room = new TcpRoom(new SpillBuffers(PLENTY));
                Socket client = new Socket()) {
            listener.setReceiveBufferSize(RECEIVE_BUFFER);
            room.register((InetSocketAddress) listener.getLocalSocketAddress());
            client.connect(room.address());
            try (Socket component = listener.accept()) {
                component.setSoTimeout(TIMEOUT_MS);
                while (room.spilled() == 0) {
                    client.getOutputStream().write(bytes, sent, CHUNK);
                    sent += CHUNK;
                }
                assertEquals(sent, stream.check(component.getInputStream(), sent));
            }
        }
    }

    @Test
    void componentsResetBehindItsClientsChunkEndsNoOtherRelay() throws Exception {
        resetOneOf(20, true);
    }

    @Test
    void componentsResetAheadOfItsClientsChunkEndsNoOtherRelay() throws Exception {
        resetOneOf(20, false);
    }

    @Test
    void answersArriveWholeThoughTheirComponentsCloseBehindThem() throws Exception {
        int length = 700;
        long seed = System.nanoTime();
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            List<RelayRig.Ends> relays = relays(rig, 50);
            rig.inOneTurn(() -> {
                for (int i = 0; i < relays.size(); i++) {
                    Socket component = relays.get(i).component();
                    component.getOutputStream().write(new RandomStream(seed + i, length).bytes());
                    component.close();
                }
            });
            for (int i = 0; i < relays.size(); i++) {
                Received received = Received.from(relays.get(i).client());
                assertArrayEquals(new RandomStream(seed + i, length).bytes(), received.bytes());
                assertFalse(received.reset(), "it ended in order");
            }
            assertNoFault(rig);
        }
    }

    /** Each relay's chunk is one byte longer than the one before. */
    private static void passAtOnce(int count, int requestBytes, int answerBytes) throws Exception {
        long seed = System.nanoTime();
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            List<RelayRig.Ends> relays = relays(rig, count);
            for (int round = 0; round < 3; round++) {
                rig.inOneTurn(() -> {
                    for (int i = 0; i < count; i++) {
                        RelayRig.Ends ends = relays.get(i);
                        ends.client().getOutputStream().write(new RandomStream(seed + i, requestBytes + i).bytes());
                        if (answerBytes > 0) {
                            ends.component()
                                    .getOutputStream()
                                    .write(new RandomStream(~seed + i, answerBytes + i).bytes());
                        }
                    }
                });
                for (int i = 0; i < count; i++) {
                    RelayRig.Ends ends = relays.get(i);
                    assertComes(new RandomStream(seed + i, requestBytes + i), ends.component());
                    if (answerBytes > 0) {
                        assertComes(new RandomStream(~seed + i, answerBytes + i), ends.client());
                    }
                }
            }
            assertNoFault(rig);
        }
    }

    /** The one in the middle is reset. */
    private static void resetOneOf(int count, boolean chunkFirst) throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            List<RelayRig.Ends> relays = relays(rig, count);
            RelayRig.Ends ended = relays.remove(count / 2);
            ended.component().setSoLinger(true, 0);
            rig.inOneTurn(() -> {
                if (!chunkFirst) {
                    ended.component().close();
                }
                ended.client().getOutputStream().write(7);
                for (int i = 0; i < relays.size(); i++) {
                    relays.get(i).client().getOutputStream().write(text(i));
                }
                if (chunkFirst) {
                    ended.component().close();
                }
            });
            Received received = Received.from(ended.client());
            assertEquals(0, received.length());
            assertTrue(received.reset(), "it was reset");
            for (int i = 0; i < relays.size(); i++) {
                byte[] expected = text(i);
                Socket component = relays.get(i).component();
                assertArrayEquals(expected, component.getInputStream().readNBytes(expected.length));
            }
            Await.until("the relay has ended", () -> rig.sum("active") == relays.size());
            assertNoFault(rig);
        }
    }

    private static List<RelayRig.Ends> relays(RelayRig rig, int count) throws IOException {
        ServerSocket component = rig.listen();
        rig.register("tcp", component.getLocalPort());
        return relays(rig, component, count);
    }

    private static List<RelayRig.Ends> relays(RelayRig rig, ServerSocket component, int count) throws IOException {
        List<RelayRig.Ends> relays = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            relays.add(rig.relayTo(component));
        }
        return relays;
    }

    private static void sendInPieces(byte[] bytes, Socket from) throws IOException {
        OutputStream out = from.getOutputStream();
        for (int done = 0, piece = 1; done < bytes.length; done += piece, piece = 1 + piece % 1_000) {
            piece = Math.min(piece, bytes.length - done);
            out.write(bytes, done, piece);
        }
        from.shutdownOutput();
    }

    private static void assertComes(RandomStream expected, Socket to) throws IOException {
        assertEquals(expected.length(), expected.check(to.getInputStream(), expected.length()));
    }

    private static void assertNoFault(RelayRig rig) {
        assertEquals(0, rig.lander().counted(Counter.HANDLER_FAULT));
    }

    private static byte[] text(int number) {
        return ("chunk " + number).getBytes(US_ASCII);
    }
}
