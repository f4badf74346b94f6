package dev.lander.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.control.wire.Decoding;
import dev.lander.control.wire.Decoding.Kind;
import dev.lander.control.wire.Decoding.Result;
import dev.lander.fuzz.Seeds.Seed;
import dev.lander.metrics.Counter;
import dev.lander.testing.Await;
import dev.lander.testing.FreePorts;
import dev.lander.testing.MovedClock;
import dev.lander.testing.RunningLander;
import dev.lander.testing.TestOptions;
import dev.lander.text.PortRanges;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Hostile peers on real connections, many at once, and an honest component that notices nothing of them. */
class HostilePeersTest {
    private static final int THREADS = 8;
    private static final int INPUTS_EACH = 250;
    private static final int LONGEST_INPUT = 8_000;
    private static final Duration LONGER_THAN_A_FIRST_MESSAGE_TAKES = Duration.ofSeconds(11);

    private final int hostileRelayPort = FreePorts.next();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);

    /** Connections left open, and what they have sent. */
    private final Map<Socket, byte[]> silent = new ConcurrentHashMap<>();

    @Test
    void anHonestComponentNoticesNothing() throws Exception {
        int relayPort = FreePorts.next();
        int lastingRelayPort = FreePorts.next();
        TestOptions options = new TestOptions();
        options.relayPorts = PortRanges.parse(hostileRelayPort + "," + relayPort + "," + lastingRelayPort);
        MovedClock clock = new MovedClock();
        try (RunningLander lander = RunningLander.start(options, clock)) {
            try (HonestComponent honest = new HonestComponent(lander, lastingRelayPort)) {
                List<Future<?>> hostile = begin(lander);
                while (!hostile.stream().allMatch(Future::isDone)) {
                    honest.comeAndGo(relayPort);
                }
                for (Future<?> one : hostile) {
                    one.get();
                }
                honest.comeAndGo(relayPort);
                System.out.println("fuzz: " + honest);

                lander.advance(clock, LONGER_THAN_A_FIRST_MESSAGE_TAKES);
                long tolerated = tolerated();
                Await.until("only messages keep open", () -> lander.controlConnections() == 1 + tolerated);
                for (Socket one : silent.keySet()) {
                    one.close();
                }
                Await.until("the hostile have gone", () -> lander.controlConnections() == 1);
                assertEquals(1, honest.services(), "services");
            } finally {
                threads.shutdownNow(); // while there is a Lander, whose end would look like harm
                threads.awaitTermination(10, TimeUnit.SECONDS);
            }
            Await.until("all have gone", () -> lander.controlConnections() == 0);
            for (Counter expected : List.of(
                    Counter.CONTROL_BROKEN,
                    Counter.CONTROL_NO_MESSAGE,
                    Counter.CONTROL_UNREAD,
                    Counter.COMMAND_REFUSED)) {
                assertTrue(lander.counted(expected) > 0, expected::help);
            }
            for (Counter harm : List.of(Counter.HANDLER_FAULT, Counter.ACCEPT_FAILED, Counter.CLIENT_NO_COMPONENT)) {
                assertEquals(0, lander.counted(harm), harm::help);
            }
        }
    }

    private List<Future<?>> begin(RunningLander lander) throws IOException {
        List<Seed> seeds = Seeds.commands(30_000, hostileRelayPort);
        seeds.addAll(Seeds.all());
        List<byte[]> pool = seeds.stream()
                .map(seed -> seed.bytes)
                .filter(bytes -> bytes.length <= LONGEST_INPUT)
                .toList();
        List<Future<?>> hostile = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(i);
            HostilePeer peer = new HostilePeer(lander.controlAddress(), random);
            hostile.add(threads.submit(() -> {
                Mutator mutator = new Mutator(random, Nonsense.tokens());
                for (int input = 0; input < INPUTS_EACH && !threads.isShutdown(); input++) {
                    byte[] bytes = mutator.mutated(pool);
                    send(peer, random.nextInt(8), Arrays.copyOf(bytes, Math.min(bytes.length, LONGEST_INPUT)));
                }
                return null;
            }));
        }
        HostilePeer flooding = new HostilePeer(lander.controlAddress(), new Random(THREADS));
        hostile.add(threads.submit(() -> {
            flooding.neverRead(Bytes.repeated(Bytes.hex("80"), LONGEST_INPUT));
            return null;
        }));
        return hostile;
    }

    private void send(HostilePeer peer, int way, byte[] input) throws IOException {
        try {
            switch (way) {
                case 0, 1, 2 -> peer.dribble(input);
                case 3, 4 -> peer.vanish(input);
                case 5, 6 -> peer.halfClose(input);
                default -> silent.put(peer.fallSilent(input), input);
            }
        } catch (IOException | RuntimeException | AssertionError harm) {
            throw Found.by(input, "sent in way " + way, harm);
        }
    }

    /** How many of the silent Lander has no reason to end: their messages were whole, and no more came. */
    private long tolerated() {
        return silent.values().stream().filter(HostilePeersTest::isSense).count();
    }

    private static boolean isSense(byte[] input) {
        Decoding decoding = new Decoding(false);
        decoding.take(ByteBuffer.wrap(input));
        List<Result> results = decoding.results();
        return !results.isEmpty() && results.get(results.size() - 1).kind() != Kind.BROKEN;
    }
}
