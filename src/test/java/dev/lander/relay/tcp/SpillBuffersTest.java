package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.RandomStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How bytes are kept that a peer does not take, within one budget. */
final class SpillBuffersTest {
    private static final int SMALL = SpillBuffers.SMALL_READ;
    private static final int FULL = SpillBuffers.FULL_READ;
    private static final long MEGABYTE = 1024 * 1024;

    /** A budget of 1 MiB. */
    private final SpillBuffers spills = new SpillBuffers(4 * MEGABYTE);

    @Test
    void keepsWhatRemainedInTheSource() {
        for (int size : new int[] {1, SMALL, SMALL + 1, 4 * SMALL, 4 * SMALL + 1, FULL}) {
            ByteBuffer source = ByteBuffer.wrap(new RandomStream(size, size).bytes());
            ByteBuffer kept = spills.keep(source);
            assertFalse(source.hasRemaining());
            byte[] bytes = new byte[kept.remaining()];
            kept.get(bytes);
            assertArrayEquals(source.array(), bytes);
            spills.giveBack(kept);
        }
    }

    @Test
    void usesBuffersNotMuchLargerThanWhatTheyKeep() {
        assertEquals(SMALL, spills.keep(ByteBuffer.allocate(1)).capacity());
        assertEquals(SMALL, spills.keep(ByteBuffer.allocate(SMALL)).capacity());
        assertEquals(4 * SMALL, spills.keep(ByteBuffer.allocate(SMALL + 1)).capacity());
        assertEquals(FULL, spills.keep(ByteBuffer.allocate(4 * SMALL + 1)).capacity());
        assertEquals(6 * SMALL + FULL, spills.used());
    }

    @Test
    void refusesMoreThanOneReadTakes() {
        assertThrows(IllegalArgumentException.class, () -> spills.keep(ByteBuffer.allocate(FULL + 1)));
    }

    @Test
    void reusesReturnedBuffersOfTheSize() {
        ByteBuffer small = spills.keep(ByteBuffer.allocate(100));
        ByteBuffer full = spills.keep(ByteBuffer.allocate(FULL));
        spills.giveBack(small);
        spills.giveBack(full);
        ByteBuffer source = ByteBuffer.wrap(new byte[] {1, 2, 3});
        ByteBuffer again = spills.keep(source);
        assertSame(small, again);
        assertEquals(3, again.remaining());
        assertNotSame(full, spills.keep(ByteBuffer.allocate(1)));
        assertSame(full, spills.keep(ByteBuffer.allocate(FULL)));
    }

    @Test
    void readsAreSmallFromHalfTheBudgetOn() {
        ByteBuffer half = spills.keep(ByteBuffer.allocate(FULL));
        assertEquals(SMALL, spills.readLimit());
        spills.giveBack(half);
        assertEquals(FULL, spills.readLimit());
        spills.keep(ByteBuffer.allocate(SMALL));
        assertEquals(FULL, spills.readLimit());
    }

    @Test
    void isExhaustedAtTheBudgetUntilSomethingComesBack() {
        spills.keep(ByteBuffer.allocate(FULL));
        assertFalse(spills.isExhausted());
        ByteBuffer last = spills.keep(ByteBuffer.allocate(FULL));
        assertTrue(spills.isExhausted());
        assertEquals(MEGABYTE, spills.used());
        spills.giveBack(last);
        assertFalse(spills.isExhausted());
    }

    @Test
    void whatWaitsWithinTheSystemCountsAndTakesAQuarterOfTheBudgetAtMost() {
        int quarter = (int) MEGABYTE / 4;
        assertTrue(spills.mayPark(quarter));
        assertFalse(spills.mayPark(quarter + 1));
        spills.park(quarter);
        assertEquals(quarter, spills.used());
        assertFalse(spills.mayPark(1));
        spills.unpark(quarter);
        assertEquals(0, spills.used());
        assertTrue(spills.mayPark(quarter));
    }

    @Test
    void budgetIsAQuarterOfTheDirectMemoryAndNoMoreThan64Megabytes() {
        assertEquals(MEGABYTE, budget(4 * MEGABYTE));
        assertEquals(64 * MEGABYTE, budget(256 * MEGABYTE));
        assertEquals(64 * MEGABYTE, budget(64 * 1024 * MEGABYTE));
    }

    @SuppressWarnings("ReferenceEquality") // it is the very buffer that counts
    @Test
    void keepsNoMoreThanEightMegabytesForLater() {
        SpillBuffers many = new SpillBuffers(1024 * MEGABYTE);
        List<ByteBuffer> first = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            first.add(many.keep(ByteBuffer.allocate(FULL)));
        }
        first.forEach(many::giveBack);
        assertEquals(0, many.used());
        int reused = 0;
        for (int i = 0; i < 20; i++) {
            ByteBuffer again = many.keep(ByteBuffer.allocate(FULL));
            reused += first.stream().anyMatch(known -> known == again) ? 1 : 0;
        }
        assertEquals(8 * MEGABYTE / FULL, reused);
    }

    private static long budget(long directMemory) {
        SpillBuffers spills = new SpillBuffers(directMemory);
        while (!spills.isExhausted()) {
            spills.keep(ByteBuffer.allocate(FULL));
        }
        return spills.used();
    }
}
