package dev.lander.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Random bytes, the same for the same seed: one end sends them in portions of random sizes, the other compares each one
 * with what was sent.
 */
public record RandomStream(long seed, long length) {
    private static final int LONGEST_PORTION = 70_000;
    private static final int BLOCK = 8 * 1024;

    /** The bytes in their order. */
    private static final class Source {
        private final SplittableRandom random;
        private final byte[] block = new byte[BLOCK];
        private int used = BLOCK;

        Source(long seed) {
            this.random = new SplittableRandom(seed);
        }

        void fill(byte[] bytes, int length) {
            for (int done = 0; done < length; ) {
                if (used == BLOCK) {
                    random.nextBytes(block);
                    used = 0;
                }
                int count = Math.min(length - done, BLOCK - used);
                System.arraycopy(block, used, bytes, done, count);
                used += count;
                done += count;
            }
        }
    }

    /** All of it, for short streams. */
    public byte[] bytes() {
        byte[] bytes = new byte[Math.toIntExact(length)];
        new Source(seed).fill(bytes, bytes.length);
        return bytes;
    }

    public void writeTo(OutputStream out) throws IOException {
        Source source = new Source(seed);
        SplittableRandom sizes = new SplittableRandom(~seed);
        byte[] portion = new byte[LONGEST_PORTION];
        for (long left = length; left > 0; ) {
            int size = (int) Math.min(left, 1 + sizes.nextInt(LONGEST_PORTION));
            source.fill(portion, size);
            out.write(portion, 0, size);
            left -= size;
        }
    }

    /** Reads to the stream's end; fails unless exactly these bytes came. */
    public void checkAll(InputStream in) throws IOException {
        long count = check(in, Long.MAX_VALUE);
        if (count != length) {
            throw new AssertionError(this + " ended after " + count + " bytes");
        }
    }

    /** Reads this many bytes, or to the stream's end; fails when they are not these. Returns how many came. */
    public long check(InputStream in, long most) throws IOException {
        Source source = new Source(seed);
        byte[] came = new byte[LONGEST_PORTION];
        byte[] sent = new byte[LONGEST_PORTION];
        long count = 0;
        while (count < most) {
            int size = in.read(came, 0, (int) Math.min(came.length, most - count));
            if (size < 0) {
                return count;
            }
            if (count + size > length) {
                throw new AssertionError("more came than " + this);
            }
            source.fill(sent, size);
            int difference = Arrays.mismatch(came, 0, size, sent, 0, size);
            if (difference >= 0) {
                throw new AssertionError(this + " differs at byte " + (count + difference));
            }
            count += size;
        }
        return count;
    }
}
