package dev.lander.simulation.network;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes in the order in which they were added. */
final class ByteQueue {
    private byte[] bytes = new byte[0];
    private int begin;
    private int end;

    int size() {
        return end - begin;
    }

    boolean isEmpty() {
        return begin == end;
    }

    void clear() {
        begin = 0;
        end = 0;
    }

    /** Adds this many bytes of the buffer's. */
    void add(ByteBuffer source, int count) {
        makeRoom(count);
        source.get(bytes, end, count);
        end += count;
    }

    /** Moves this many bytes to another queue. */
    void moveTo(ByteQueue other, int count) {
        other.makeRoom(count);
        System.arraycopy(bytes, begin, other.bytes, other.end, count);
        other.end += count;
        begin += count;
    }

    /** Takes as many bytes as there are and fit; how many. */
    int take(ByteBuffer target) {
        int count = Math.min(size(), target.remaining());
        target.put(bytes, begin, count);
        begin += count;
        return count;
    }

    /** A view of the first bytes, this many of them. */
    ByteBuffer first(int count) {
        return ByteBuffer.wrap(bytes, begin, count);
    }

    /** The first bytes, this many of them, are gone. */
    void skip(int count) {
        begin += count;
    }

    private void makeRoom(int count) {
        if (end + count <= bytes.length) {
            return;
        }
        int size = size();
        byte[] larger = size + count <= bytes.length ? bytes : new byte[Math.max(2 * bytes.length, size + count)];
        System.arraycopy(bytes, begin, larger, 0, size);
        bytes = larger;
        begin = 0;
        end = size;
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOfRange(bytes, begin, end));
    }
}
