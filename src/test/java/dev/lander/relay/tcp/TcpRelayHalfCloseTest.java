package dev.lander.relay.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.Background;
import dev.lander.relay.RandomStream;
import dev.lander.relay.Received;
import dev.lander.relay.RelayRig;
import dev.lander.testing.Await;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Each direction of a TCP relay ends by itself, behind its last byte. */
final class TcpRelayHalfCloseTest {
    private static final int MEGABYTE = 1024 * 1024;

    @Test
    void clientsEndPassesWhileTheComponentGoesOn() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            say("the question", ends.client());
            ends.client().shutdownOutput();
            assertOrderlyEnd("the question", ends.component());
            say("the answer, ", ends.component());
            assertEquals("the answer, ", read(ends.client(), 12));
            say("and more", ends.component());
            ends.component().shutdownOutput();
            assertOrderlyEnd("and more", ends.client());
            awaitEnd(rig, ends);
        }
    }

    @Test
    void componentsEndPassesWhileTheClientGoesOn() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            say("all I know", ends.component());
            ends.component().shutdownOutput();
            assertOrderlyEnd("all I know", ends.client());
            say("thanks, ", ends.client());
            assertEquals("thanks, ", read(ends.component(), 8));
            say("bye", ends.client());
            ends.client().shutdownOutput();
            assertOrderlyEnd("bye", ends.component());
            awaitEnd(rig, ends);
        }
    }

    @Test
    void bothEndsMayEndAtOnce() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            ends.client().shutdownOutput();
            ends.component().shutdownOutput();
            assertOrderlyEnd("", ends.client());
            assertOrderlyEnd("", ends.component());
            awaitEnd(rig, ends);
        }
    }

    @Test
    void halfClosedRelayStaysOpen() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            ends.client().shutdownOutput();
            assertOrderlyEnd("", ends.component());
            int port = ends.component().getLocalPort();
            assertEquals(1, rig.number("tcp", port, "active"));
            for (int i = 0; i < 100; i++) {
                ends.component().getOutputStream().write(i);
                assertEquals(i, ends.client().getInputStream().read());
            }
        }
    }

    @Test
    void hangUpStraightAfterAWriteDeliversToTheComponent() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            RandomStream bytes = new RandomStream(System.nanoTime(), 4 * MEGABYTE);
            Background<Boolean> sent = Background.run(() -> {
                bytes.writeTo(ends.client().getOutputStream());
                ends.client().close();
            });
            bytes.checkAll(ends.component().getInputStream());
            assertTrue(sent.result());
        }
    }

    @Test
    void hangUpStraightAfterAWriteDeliversToTheClient() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            RandomStream bytes = new RandomStream(System.nanoTime(), 4 * MEGABYTE);
            Background<Boolean> sent = Background.run(() -> {
                bytes.writeTo(ends.component().getOutputStream());
                ends.component().close();
            });
            bytes.checkAll(ends.client().getInputStream());
            assertTrue(sent.result());
        }
    }

    @Test
    void clientThatIsGoneBeforeTheConnectionStandsIsStillHeard() throws Exception {
        try (RelayRig rig = RelayRig.start();
                FullListener full = new FullListener()) {
            rig.register("tcp", full.port());
            Socket client = rig.connect();
            say("last words", client);
            client.close();
            Await.until("the connect is under way", () -> rig.number("tcp", full.port(), "active") == 1);
            assertOrderlyEnd("last words", full.letIn());
        }
    }

    @Test
    void slowReaderGetsAllThatWasSentBeforeTheHangUp() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket listener = rig.listenWithSmallBuffer();
            rig.register("tcp", listener.getLocalPort());
            RelayRig.Ends ends = rig.relayTo(listener);
            RandomStream bytes = new RandomStream(System.nanoTime(), 6 * MEGABYTE);
            Background<Boolean> sent = Background.run(() -> {
                bytes.writeTo(ends.client().getOutputStream());
                ends.client().close();
            });
            rig.awaitStall("bytes_in");
            bytes.checkAll(ends.component().getInputStream());
            assertTrue(sent.result());
        }
    }

    @Test
    void answerOfAComponentThatClosesDuringTheUploadArrives() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            RelayRig.Ends ends = rig.relay();
            Background<Boolean> uploading = Background.run(() -> uploadUntilBroken(ends.client()));
            ends.component().getInputStream().readNBytes(MEGABYTE);
            say("too much", ends.component());
            ends.component().close();
            assertEquals("too much", read(ends.client(), 8));
            assertTrue(uploading.result());
            awaitEnd(rig, ends);
        }
    }

    @Test
    void longAnswerIsNotCutByWhatTheClientStillSends() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            RelayRig.Ends ends = rig.relay();
            RandomStream answer = new RandomStream(System.nanoTime(), 2 * MEGABYTE);
            answer.writeTo(ends.component().getOutputStream());
            ends.component().close();
            Await.until("Lander has the answer", () -> rig.sum("bytes_out") == 2 * MEGABYTE);
            sendToTheDeaf(rig, ends.client(), "bytes_in");
            answer.checkAll(ends.client().getInputStream());
            rig.advance(Duration.ofSeconds(31)); // as long as it may take to read
            awaitEnd(rig, ends);
        }
    }

    @Test
    void longRequestIsNotCutByWhatTheComponentStillSends() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            RelayRig.Ends ends = rig.relay();
            RandomStream request = new RandomStream(System.nanoTime(), 2 * MEGABYTE);
            request.writeTo(ends.client().getOutputStream());
            ends.client().close();
            Await.until("Lander has the request", () -> rig.sum("bytes_in") == 2 * MEGABYTE);
            sendToTheDeaf(rig, ends.component(), "bytes_out");
            request.checkAll(ends.component().getInputStream());
            rig.advance(Duration.ofSeconds(31)); // as long as it may take to read
            awaitEnd(rig, ends);
        }
    }

    /** Sends to a peer that has closed: its system resets at the first byte, and Lander notices at the second. */
    private static void sendToTheDeaf(RelayRig rig, Socket from, String field) throws IOException {
        for (int count = 1; count <= 2; count++) {
            int sent = count;
            from.getOutputStream().write(count);
            Await.until("Lander has passed it on", () -> rig.sum(field) == sent);
        }
    }

    private static void uploadUntilBroken(Socket client) throws IOException {
        try {
            new RandomStream(1, Long.MAX_VALUE).writeTo(client.getOutputStream());
        } catch (SocketException reset) {
            // as it must end
        }
    }

    private static void awaitEnd(RelayRig rig, RelayRig.Ends ends) {
        int port = ends.component().getLocalPort();
        Await.until("the relay has ended", () -> rig.number("tcp", port, "active") == 0);
    }

    private static void assertOrderlyEnd(String rest, Socket socket) throws IOException {
        Received received = Received.from(socket);
        assertEquals(rest, received.text());
        assertFalse(received.reset());
    }

    private static void say(String text, Socket to) throws IOException {
        to.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static String read(Socket from, int count) throws IOException {
        return new String(from.getInputStream().readNBytes(count), US_ASCII);
    }
}
