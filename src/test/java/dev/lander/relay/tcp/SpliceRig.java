package dev.lander.relay.tcp;

import dev.lander.kernel.RecordedPipes;
import dev.lander.relay.AccessLog;
import dev.lander.relay.Background;
import dev.lander.relay.RandomStream;
import dev.lander.relay.TcpSettings;
import dev.lander.testing.Await;
import dev.lander.testing.MovedClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** One relay port, one component, and pipes that are watched. */
final class SpliceRig implements AutoCloseable {
    /** More than the buffers of four sockets take in on their own. */
    static final long MORE_THAN_FITS = 96L * 1024 * 1024;

    private static final int TIMEOUT_MS = 10_000;
    private static final long MEMORY = 48L * 1024 * 1024;

    /** In bytes; for all that waits, a quarter of the memory. */
    static final long BUDGET = MEMORY / 4;

    private static final int BACKLOG = 128;

    private static final int RELAYS = 1_000;

    /** The loop takes a longer one for a stall of the machine. */
    private static final Duration STEP = Duration.ofMillis(500);

    private static final int STEPS_OF_REST = 44;

    private final RecordedPipes pipes = new RecordedPipes();
    private final MovedClock clock = new MovedClock();
    private final TcpRoom room;
    private final ServerSocket component = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    private final Deque<Socket> sockets = new ArrayDeque<>();

    /** The two ends of a relay. */
    record Ends(Socket client, Socket component) {}

    /** @param descriptors that the process may have */
    SpliceRig(boolean splice, long descriptors) throws Exception {
        TcpRoom.Machine machine = new TcpRoom.Machine();
        machine.sockets = pipes.sockets();
        machine.clock = clock;
        machine.descriptors = descriptors;
        this.room = new TcpRoom(
                new SpillBuffers(MEMORY),
                AccessLog.NONE,
                machine,
                new TcpSettings(
                        Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO, Duration.ZERO, RELAYS, List.of(), splice));
        room.register((InetSocketAddress) component.getLocalSocketAddress());
    }

    SpliceRig() throws Exception {
        this(true, 100_000);
    }

    RecordedPipes pipes() {
        return pipes;
    }

    TcpRoom room() {
        return room;
    }

    Ends relay() throws IOException {
        Socket client =
                own(new Socket(room.address().getAddress(), room.address().getPort()));
        return new Ends(client, own(component.accept()));
    }

    /** Streams over relays of their own until streams are spliced, as they are from then on. */
    void awaitSplicing() {
        Await.until("streams are spliced", () -> {
            stream(8L * 1024 * 1024);
            return room.spliced() > 0;
        });
    }

    /** A relay of its own carries this many bytes, and ends. */
    void stream(long bytes) throws Exception {
        Ends ends = relay();
        RandomStream stream = new RandomStream(System.nanoTime(), bytes);
        Background<Boolean> sending = send(stream, ends.client());
        stream.checkAll(ends.component().getInputStream());
        sending.result();
        ends.component().close();
        ends.client().close();
    }

    /** Sends all, and then ends its output. */
    static Background<Boolean> send(RandomStream stream, Socket from) {
        return Background.run(() -> {
            stream.writeTo(from.getOutputStream());
            from.shutdownOutput();
        });
    }

    /** A relay whose reader has stopped while bytes wait for it; the sender goes on as soon as it reads. */
    Ends stalledRelay(RandomStream stream) throws Exception {
        long before = room.spilled();
        Ends ends = relay();
        send(stream, ends.client());
        Await.until("bytes wait", () -> room.spilled() > before);
        return ends;
    }

    /** Time passes, in which nobody streams: longer than pipes stay open unused. */
    void rest() throws Exception {
        for (int i = 0; i < STEPS_OF_REST; i++) {
            advance();
        }
    }

    /** Half a second passes, and the loop has seen it. */
    void advance() throws Exception {
        clock.advance(STEP);
        room.turn();
        room.turn();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        component.close();
        room.close();
    }

    private Socket own(Socket socket) throws IOException {
        sockets.push(socket);
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }
}
