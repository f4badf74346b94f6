package dev.lander.control.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.control.wire.MsgpackExtent.Progress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MsgpackExtentTest {
    /** Header; how many zero bytes complete it: body bytes, or members, which are then small integers. */
    @ParameterizedTest
    @CsvSource({
        "00, 0",
        "7f, 0",
        "e0, 0",
        "ff, 0",
        "c0, 0",
        "c2, 0",
        "c3, 0",
        "cc, 1",
        "cd, 2",
        "ce, 4",
        "cf, 8",
        "d0, 1",
        "d1, 2",
        "d2, 4",
        "d3, 8",
        "ca, 4",
        "cb, 8",
        "a0, 0",
        "a1, 1",
        "bf, 31",
        "d9 00, 0",
        "d9 ff, 255",
        "da 01 02, 258",
        "db 00 00 01 02, 258",
        "c4 00, 0",
        "c4 ff, 255",
        "c5 01 02, 258",
        "c6 00 00 01 02, 258",
        "d4, 2",
        "d5, 3",
        "d6, 5",
        "d7, 9",
        "d8, 17",
        "c7 00, 1",
        "c7 ff, 256",
        "c8 01 02, 259",
        "c9 00 00 01 02, 259",
        "80, 0",
        "81, 2",
        "8f, 30",
        "de 00 00, 0",
        "de 01 02, 516",
        "df 00 00 01 02, 516",
        "90, 0",
        "91, 1",
        "9f, 15",
        "dc 00 00, 0",
        "dc 01 02, 258",
        "dd 00 00 01 02, 258",
    })
    void aValueEndsWithItsLastByte(String header, int rest) {
        byte[] head = Msgpack.hex(header).array();
        byte[] value = Arrays.copyOf(head, head.length + rest);

        for (int length = 1; length < value.length; length++) {
            assertEquals(Progress.UNFINISHED, new MsgpackExtent().scan(ByteBuffer.wrap(value, 0, length)));
        }
        ByteBuffer withMore = ByteBuffer.wrap(Arrays.copyOf(value, value.length + 3));
        MsgpackExtent extent = new MsgpackExtent();
        assertEquals(Progress.COMPLETE, extent.scan(withMore));
        assertEquals(value.length, extent.size());
        assertEquals(value.length, withMore.position());
    }

    @Test
    void everyFirstByteButOneBeginsAValue() {
        for (int head = 0; head < 256; head++) {
            Progress progress = new MsgpackExtent().scan(ByteBuffer.wrap(new byte[] {(byte) head}));
            assertEquals(head == 0xc1, progress == Progress.NOT_MSGPACK, Integer.toHexString(head));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "dd ff ff ff ff", // array 32
        "df ff ff ff ff", // map 32
        "db ff ff ff ff", // str 32
        "c6 ff ff ff ff", // bin 32
        "c9 ff ff ff ff", // ext 32
        "dd 00 00 ff fb", // 65,531 members: with the header 65,536 bytes
        "df 00 00 7f fe", // 32,766 pairs: 65,537
        "db 00 00 ff fb",
        "c9 00 00 ff fa",
        "de 80 00", // 32,768 pairs
        "dc ff fd", // 65,533 members
        "da ff fd",
        "c5 ff fd",
        "c8 ff fc",
        "92 da ff fb", // the string would fit, its neighbour not
        "dc 80 00 da 7f fb", // 32,768 members of which the first takes 32,766 bytes
        "91 dc ff fc",
    })
    void whatCannotFitIsRefusedByItsHeader(String header) {
        assertEquals(Progress.TOO_LONG, new MsgpackExtent().scan(Msgpack.hex(header)));
    }

    @ParameterizedTest
    @CsvSource({
        "dd 00 00 ff fa, 65530",
        "df 00 00 7f fd, 65530",
        "db 00 00 ff fa, 65530",
        "c9 00 00 ff f9, 65530",
        "de 7f fe, 65532",
        "dc ff fc, 65532",
        "da ff fc, 65532",
        "92 da ff fa, 65531",
        "dc 80 00 da 7f fa, 65529",
    })
    void theLongestThatFitsIsTaken(String header, int rest) {
        byte[] head = Msgpack.hex(header).array();
        MsgpackExtent extent = new MsgpackExtent();

        assertEquals(Progress.COMPLETE, extent.scan(ByteBuffer.wrap(Arrays.copyOf(head, head.length + rest))));
        assertEquals(MsgpackExtent.MAX_BYTES, extent.size());
    }

    @Test
    void nestingOfAnyDepthIsCounted() {
        byte[] arrays = new byte[65_535];
        Arrays.fill(arrays, (byte) 0x91);
        assertEquals(Progress.TOO_LONG, new MsgpackExtent().scan(ByteBuffer.wrap(arrays)));

        arrays[65_534] = 0;
        MsgpackExtent extent = new MsgpackExtent();
        assertEquals(Progress.COMPLETE, extent.scan(ByteBuffer.wrap(arrays)));
        assertEquals(65_535, extent.size());
    }

    @Test
    void aRestartedOneCountsFromZero() {
        MsgpackExtent extent = new MsgpackExtent();
        for (String unfinished : new String[] {"92 da ff", "df 00 00", "d9 20 61", "c1", "dd ff ff ff ff"}) {
            extent.scan(Msgpack.hex(unfinished));
            extent.restart();
            assertEquals(Progress.COMPLETE, extent.scan(Msgpack.hex("81 a1 78 05 05")));
            assertEquals(4, extent.size());
            extent.restart();
        }
    }
}
