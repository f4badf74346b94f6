package dev.lander.control;

import java.nio.ByteBuffer;

/** The buffer that every control connection reads into. */
final class ReadBuffer {
    /** What one read from a control connection may take. */
    static final int SIZE = 64 * 1024;

    /** What it may take while memory is short. */
    private static final int SMALL_SIZE = 4 * 1024;

    private final ByteBuffer buffer = ByteBuffer.allocate(SIZE);
    private final HeldMemory memory;

    /** TLS has small reads of its own, of a record, and needs room for a whole one. */
    private final boolean alwaysWhole;

    ReadBuffer(HeldMemory memory, boolean alwaysWhole) {
        this.memory = memory;
        this.alwaysWhole = alwaysWhole;
    }

    /** The buffer, emptied; its content is lost with the next call. */
    ByteBuffer clear() {
        return buffer.clear().limit(!alwaysWhole && memory.isShort() ? SMALL_SIZE : SIZE);
    }
}
