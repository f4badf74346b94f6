package dev.lander.fuzz;

import static dev.lander.fuzz.Bytes.PREFIX_BYTES;
import static dev.lander.fuzz.Bytes.prefix;
import static dev.lander.fuzz.Bytes.replaced;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes new inputs of old ones. The same random numbers make the same inputs. */
final class Mutator {
    /** Inputs end here: room for one message of the greatest length and more. */
    static final int MAX_BYTES = 100_000;

    private static final int LONGEST_MESSAGE = 65_535;
    private static final byte[] NOTHING = {};

    private static final int SHORT_BYTES = 1_000;

    private static final long[] BORDERS = {
        0,
        1,
        2,
        0x1f,
        0x20,
        0x7f,
        0x80,
        0xff,
        0x100,
        0x7fff,
        0x8000,
        0xfffe,
        0xffff,
        0x10000,
        0xffffff,
        0x7fffffff,
        0x80000000L,
        0xfffffffeL,
        0xffffffffL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1
    };

    private final Random random;
    private final List<byte[]> tokens;

    /** The tokens are bytes that mean something within a message. */
    Mutator(Random random, List<byte[]> tokens) {
        this.random = random;
        this.tokens = tokens;
    }

    /** One of the pool, changed in one to eight places. */
    byte[] mutated(List<byte[]> pool) {
        byte[] bytes = mostlyShort(pool);
        int steps = 1 << random.nextInt(4);
        for (int i = 0; i < steps; i++) {
            bytes = changed(bytes, mostlyShort(pool));
            if (bytes.length > MAX_BYTES) {
                bytes = Arrays.copyOf(bytes, MAX_BYTES);
            }
        }
        return bytes;
    }

    private byte[] changed(byte[] bytes, byte[] other) {
        int at = random.nextInt(bytes.length + 1);
        int end = bytes.length;
        return switch (random.nextInt(12)) {
            case 0 -> bitFlipped(bytes);
            case 1 -> replaced(bytes, at, at + 1, randomBytes(1));
            case 2 -> replaced(bytes, at, at, randomBytes(1 + random.nextInt(8)));
            case 3 -> replaced(bytes, at, at + 1 + random.nextInt(8), NOTHING);
            case 4 -> replaced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + random.nextInt(end - at + 1)));
            case 5 ->
                replaced(bytes, at, end, Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length));
            case 6 -> replaced(bytes, at, end, NOTHING);
            case 7 -> replaced(bytes, at, at, any(tokens));
            case 8 -> replaced(bytes, at, at + 1 + random.nextInt(8), any(tokens));
            case 9 -> lengthEdited(bytes, at);
            case 10 -> replaced(bytes, end, end, other);
            default -> prefixed(bytes);
        };
    }

    private byte[] bitFlipped(byte[] bytes) {
        byte[] flipped = bytes.clone();
        if (flipped.length > 0) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    /** Writes a number from near some border over a length field, the prefix or the next behind a head that has one. */
    private byte[] lengthEdited(byte[] bytes, int from) {
        long border = BORDERS[random.nextInt(BORDERS.length)] + random.nextInt(3) - 1;
        if (random.nextInt(4) == 0) {
            return replaced(bytes, 0, PREFIX_BYTES, prefix(border));
        }
        int at = from;
        while (at < bytes.length && !hasLength(bytes[at] & 0xff)) {
            at++;
        }
        int width = 1 << random.nextInt(4);
        return replaced(bytes, at + 1, at + 1 + width, bigEndian(border, width));
    }

    /** Whether the msgpack value with this head goes on with a length or a number. */
    private static boolean hasLength(int head) {
        return head >= 0xc4 && head < 0xe0;
    }

    private static byte[] bigEndian(long number, int width) {
        byte[] all = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
        return Arrays.copyOfRange(all, Long.BYTES - width, Long.BYTES);
    }

    /** Gives the first message the length prefix that fits, instead of what looks like one. */
    private static byte[] prefixed(byte[] bytes) {
        boolean hasPrefix = bytes.length >= PREFIX_BYTES && bytes[2] == 0 && bytes[3] == 0;
        int start = hasPrefix ? PREFIX_BYTES : 0;
        long length = Math.min(bytes.length - start, LONGEST_MESSAGE);
        return replaced(bytes, 0, start, prefix(length));
    }

    /** Long ones are rare, as trying them takes long. */
    private byte[] mostlyShort(List<byte[]> pool) {
        byte[] bytes = any(pool);
        while (bytes.length > SHORT_BYTES && random.nextInt(64) != 0) {
            bytes = any(pool);
        }
        return bytes;
    }

    private byte[] any(List<byte[]> pool) {
        return pool.get(random.nextInt(pool.size()));
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
