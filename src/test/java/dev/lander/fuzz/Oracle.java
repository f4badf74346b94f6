package dev.lander.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lander.control.wire.Decoding;
import dev.lander.control.wire.Decoding.Result;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.function.ToLongFunction;

/**
 * Decodes a peer's bytes in several ways, and fails where what must hold for any bytes does not. What it does follows
 * from the bytes alone, so a failure comes again with them.
 */
final class Oracle {
    /** Of the processor's time, as other programs are not the input's doing. */
    private static final Duration LONGEST_TIME = Duration.ofMillis(100);

    private static final int LONGEST_TEXT = 300;

    /** What decoding may allocate: so much anyway, for each byte, and for each message with its answer. */
    private static final int ANYWAY_BYTES = 8 * 1024;

    private static final int BYTES_FOR_A_BYTE = 200;
    private static final int BYTES_FOR_A_MESSAGE = 4 * 1024;

    private static final int BOMB_BYTES = 4 * 1024;
    private static final int BOMB_BYTES_FOR_A_BYTE = 3;

    /** Measured anew so often, as neither is the first use of a class. */
    private static final int TRIES = 4;

    /** Inputs of up to this length are decoded byte by byte, too. */
    private static final int SHORT_BYTES = 300;

    /** All that an input came to. */
    record Outcome(List<Result> results, String framing) {}

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** As all connections share it: each read overwrites the one before. */
    private final byte[] readBuffer = new byte[Mutator.MAX_BYTES];

    private long longestNs;
    private long mostAllocated;
    private int mostHeld;

    /** Decodes the input, fails if anything about it is wrong, and returns what it came to. */
    Outcome check(byte[] input) {
        return check(input, outcome -> modest(input, outcome));
    }

    /** The same for an input that announces much and has little: it may allocate a few KiB. */
    Outcome checkBomb(byte[] input) {
        return check(input, outcome -> BOMB_BYTES + (long) BOMB_BYTES_FOR_A_BYTE * input.length);
    }

    private Outcome check(byte[] input, ToLongFunction<Outcome> mayAllocate) {
        Random random = new Random(Arrays.hashCode(input));
        boolean legacyPorts = random.nextBoolean();
        Outcome outcome = decodeMeasured(input, legacyPorts, mayAllocate);
        for (Result result : outcome.results()) {
            checkText(result);
        }
        int small = 1 + random.nextInt(Math.max(8, input.length / 50));
        int large = 1 + random.nextInt(2_000);
        assertEquals(outcome, decode(input, legacyPorts, () -> 1 + random.nextInt(small)), "in small pieces");
        assertEquals(outcome, decode(input, legacyPorts, () -> 1 + random.nextInt(large)), "in large pieces");
        if (input.length <= SHORT_BYTES) {
            assertEquals(outcome, decode(input, legacyPorts, () -> 1), "byte by byte");
        }
        return outcome;
    }

    /** The most of everything so far, for people. */
    String extremes() {
        return "longest decoding %.1f ms, most allocated %,d bytes, most held %,d bytes"
                .formatted(longestNs / 1e6, mostAllocated, mostHeld);
    }

    /** Decodes the input in one piece, and fails if that takes too much time or memory. */
    private Outcome decodeMeasured(byte[] input, boolean legacyPorts, ToLongFunction<Outcome> mayAllocate) {
        long ns = Long.MAX_VALUE;
        long allocated = Long.MAX_VALUE;
        Outcome outcome;
        int tries = 0;
        do {
            long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
            long beganNs = threads.getCurrentThreadCpuTime();
            outcome = decode(input, legacyPorts, () -> input.length);
            ns = Math.min(ns, threads.getCurrentThreadCpuTime() - beganNs);
            allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - allocatedBefore);
            tries++;
        } while (tries < TRIES && (ns > LONGEST_TIME.toNanos() || allocated > mayAllocate.applyAsLong(outcome)));
        longestNs = Math.max(longestNs, ns);
        mostAllocated = Math.max(mostAllocated, allocated);
        assertTrue(ns <= LONGEST_TIME.toNanos(), "too slow, ms: " + ns / 1_000_000);
        assertTrue(allocated <= mayAllocate.applyAsLong(outcome), "too much memory, bytes: " + allocated);
        return outcome;
    }

    private static long modest(byte[] input, Outcome outcome) {
        return ANYWAY_BYTES
                + (long) BYTES_FOR_A_BYTE * input.length
                + (long) BYTES_FOR_A_MESSAGE * outcome.results().size();
    }

    /** Decodes the input piece by piece, and watches the memory held for it. */
    private Outcome decode(byte[] input, boolean legacyPorts, IntSupplier pieceLength) {
        Decoding decoding = new Decoding(legacyPorts);
        for (int from = 0; from < input.length; ) {
            int length = Math.min(pieceLength.getAsInt(), input.length - from);
            System.arraycopy(input, from, readBuffer, 0, length);
            from += length;
            decoding.take(ByteBuffer.wrap(readBuffer, 0, length));
            int held = decoding.heldBytes();
            mostHeld = Math.max(mostHeld, held);
            int waiting = decoding.waitingBytes();
            boolean inLimits = decoding.isParting() || waiting < Decoding.LONGEST_FRAME;
            assertTrue(inLimits, () -> waiting + " bytes wait for more");
            assertTrue(held <= 2 * waiting, () -> held + " bytes are held for " + waiting);
        }
        return new Outcome(decoding.results(), decoding.framing());
    }

    /** What a peer is told is for people, and may be shown on a terminal. */
    private static void checkText(Result result) {
        String text = result.message();
        assertEquals(result.error() == 0, text.isEmpty(), () -> "a message goes with an error: " + result);
        assertTrue(text.length() < LONGEST_TEXT, () -> text.length() + " characters: " + text);
        assertFalse(text.codePoints().anyMatch(Oracle::printsOddly), () -> "prints oddly: " + text);
    }

    private static boolean printsOddly(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }
}
