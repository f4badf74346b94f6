package dev.lander.control.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.control.wire.FrameDecoder.Next;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FrameDecoderTest {
    private enum Verdict {
        BARE,
        LENGTH_PREFIXED,
        NEITHER
    }

    private static final int[] ANY_BYTE = IntStream.range(0, 256).toArray();
    /** For the second to fifth byte: values on both sides of each border that could matter. */
    private static final int[] BORDER_BYTES = {
        0x00, 0x01, 0x7f, 0x80, 0x8f, 0x90, 0xa0, 0xc1, 0xdd, 0xde, 0xdf, 0xe0, 0xff
    };

    /** The contract's rule for five bytes; a shorter beginning is decided when all that can follow it agrees. */
    private static Verdict verdictOfFive(int[] bytes) {
        boolean lengthEndsInZeros = bytes[2] == 0 && bytes[3] == 0;
        if (lengthEndsInZeros && isMapHead(bytes[4])) {
            return Verdict.LENGTH_PREFIXED;
        }
        return isMapHead(bytes[0]) ? Verdict.BARE : Verdict.NEITHER;
    }

    private static boolean isMapHead(int head) {
        return (head >= 0x80 && head <= 0x8f) || head == 0xde || head == 0xdf;
    }

    @Test
    void everyClassOfFirstBytesIsDecidedNeitherTooEarlyNorTooLate() {
        int[] bytes = new int[5];
        assertEquals(EnumSet.allOf(Verdict.class), checkBeginningsOf(bytes, 0));
    }

    /** Checks every beginning with the first {@code length} of the bytes; returns what they can still become. */
    private static Set<Verdict> checkBeginningsOf(int[] bytes, int length) {
        if (length == bytes.length) {
            Set<Verdict> verdict = EnumSet.of(verdictOfFive(bytes));
            checkDecided(bytes, length, verdict);
            return verdict;
        }
        Set<Verdict> possible = EnumSet.noneOf(Verdict.class);
        for (int next : length == 0 ? ANY_BYTE : BORDER_BYTES) {
            bytes[length] = next;
            possible.addAll(checkBeginningsOf(bytes, length + 1));
        }
        if (length > 0) {
            checkDecided(bytes, length, possible);
        }
        return possible;
    }

    private static void checkDecided(int[] bytes, int length, Set<Verdict> possible) {
        byte[] beginning = new byte[length];
        for (int i = 0; i < length; i++) {
            beginning[i] = (byte) bytes[i];
        }
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(ByteBuffer.wrap(beginning));
        Next next = decoder.next();

        if (possible.size() > 1) {
            assertTrue(next == Next.INCOMPLETE && decoder.framing() == Framing.UNDECIDED, () -> describe(beginning));
        } else if (possible.contains(Verdict.NEITHER)) {
            boolean tells = length >= FirstBytes.neededToTell(bytes[0], bytes[1]);
            assertEquals(tells ? Next.BROKEN : Next.INCOMPLETE, next, () -> describe(beginning));
            assertEquals(Framing.UNDECIDED, decoder.framing(), () -> describe(beginning));
        } else {
            String framing = possible.iterator().next().name();
            assertEquals(framing, decoder.framing().name(), () -> describe(beginning));
        }
    }

    private static String describe(byte[] beginning) {
        return "first bytes " + Msgpack.hex(ByteBuffer.wrap(beginning));
    }

    @ParameterizedTest
    @CsvSource({
        "80, UNDECIDED", // an empty map, or a length below 65,536 that ends in 80
        "84 a3, UNDECIDED",
        "84 a3 63, BARE",
        "84 a3 00, UNDECIDED",
        "84 a3 00 00, UNDECIDED",
        "84 a3 00 00 84, LENGTH_PREFIXED",
        "85 db 00 00 00, BARE", // the first name is a str32
        "de 00 04 a3, BARE",
        "df 00 00 00, UNDECIDED",
        "df 00 00 00 84, LENGTH_PREFIXED",
        "df 00 00 00 de, LENGTH_PREFIXED",
        "df 00 00 00 df, LENGTH_PREFIXED",
        "df 00 00 00 04, BARE",
        "df 00 00 01 00, BARE",
        "2f 00 00 00 84, LENGTH_PREFIXED",
        "00 00 00 00 80, LENGTH_PREFIXED",
        "ff ff 00 00 81, LENGTH_PREFIXED",
    })
    void firstBytesChooseTheFraming(String bytes, Framing framing) {
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(Msgpack.hex(bytes));
        assertFalse(decoder.next() == Next.BROKEN, decoder::cause);
        assertEquals(framing, decoder.framing());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "47 45 54 20 2f", // GET /
                "16 03 01 02 00", // a TLS hello
                "00 00 01 00 81", // 65,536
                "ff ff ff ff", // -1
                "93 01 02 03", // an array
                "a3 63 6d 64", // a string
                "7b 22 63 6d", // JSON
            })
    void otherProtocolsAreBrokenAtOnce(String bytes) {
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(Msgpack.hex(bytes));
        assertEquals(Next.BROKEN, decoder.next());
        assertTrue(decoder.cause().contains("must be a msgpack map, but "), decoder.cause());
        assertEquals(Framing.UNDECIDED, decoder.framing());
    }

    @ParameterizedTest
    @CsvSource({
        "93 01 02 03, have your library write a map with field names",
        "05 00 00 00 93, behind a length an array came",
        "d4 72 40 92 a3, records of msgpackr? use useRecords: false",
        "7b 22 63 6d, JSON text came",
        "47 45 54 20, an HTTP request came",
        "16 03 01 02 00, a TLS hello came",
        "00 00 00 1e 84, a big-endian length came",
        "a6 73 74 61, a string came",
    })
    void whatCameInsteadOfAMapIsSaid(String bytes, String said) {
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(Msgpack.hex(bytes));
        assertEquals(Next.BROKEN, decoder.next());
        assertTrue(decoder.cause().contains(said), decoder.cause());
    }

    @Test
    void messagesComeOneAtATimeInOrder() {
        for (Framing framing : List.of(Framing.BARE, Framing.LENGTH_PREFIXED)) {
            List<ByteBuffer> sent = List.of(command(1), command(2), command(3));
            FrameDecoder decoder = new FrameDecoder();
            decoder.feed(ByteBuffer.wrap(framed(framing, sent)));
            for (ByteBuffer message : sent) {
                assertEquals(Next.MESSAGE, decoder.next());
                assertEquals(message, decoder.message());
            }
            assertEquals(Next.INCOMPLETE, decoder.next());
            assertEquals(framing, decoder.framing());
        }
    }

    @Test
    void everyCutInTwoGivesTheSameMessages() {
        for (Framing framing : List.of(Framing.BARE, Framing.LENGTH_PREFIXED)) {
            List<ByteBuffer> sent = List.of(command(1), command(70_000), command(3));
            byte[] bytes = framed(framing, sent);
            for (int cut = 0; cut <= bytes.length; cut++) {
                FrameDecoder decoder = new FrameDecoder();
                List<ByteBuffer> received = new ArrayList<>();
                decoder.feed(ByteBuffer.wrap(bytes, 0, cut));
                takeAll(decoder, received);
                decoder.feed(ByteBuffer.wrap(bytes, cut, bytes.length - cut));
                takeAll(decoder, received);
                assertEquals(sent, received, framing + " cut at " + cut);
            }
        }
    }

    @Test
    void aLaterPrefixOfZeroIsAMessageOfNoBytes() {
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(Msgpack.hex("01 00 00 00 80 00 00 00 00 01 00 00 00 80"));
        assertEquals(Next.MESSAGE, decoder.next());
        assertEquals(Next.MESSAGE, decoder.next());
        assertEquals(0, decoder.message().remaining());
        assertEquals(Next.MESSAGE, decoder.next());
        assertEquals(Msgpack.hex("80"), decoder.message());
        assertEquals(Next.INCOMPLETE, decoder.next());
    }

    @Test
    void aLaterBareMessageNeedNotBeAMap() {
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(Msgpack.hex("81 a1 78 05  2a  93 01 02 03  c0"));
        List<ByteBuffer> received = new ArrayList<>();
        assertEquals(Next.INCOMPLETE, takeAll(decoder, received));
        assertEquals(
                List.of(Msgpack.hex("81a17805"), Msgpack.hex("2a"), Msgpack.hex("93010203"), Msgpack.hex("c0")),
                received);
    }

    @ParameterizedTest
    @ValueSource(ints = {65_535, 65_534})
    void theLongestMessageOfEitherFramingPasses(int length) {
        byte[] message = mapOfLength(length);
        for (Framing framing : List.of(Framing.BARE, Framing.LENGTH_PREFIXED)) {
            FrameDecoder decoder = new FrameDecoder();
            decoder.feed(ByteBuffer.wrap(framed(framing, List.of(ByteBuffer.wrap(message)))));
            assertEquals(Next.MESSAGE, decoder.next());
            assertEquals(ByteBuffer.wrap(message), decoder.message());
        }
    }

    @Test
    void aMessageThatIsTooLongIsRefusedByItsHeader() {
        byte[] message = mapOfLength(65_536);
        FrameDecoder bare = new FrameDecoder();
        bare.feed(ByteBuffer.wrap(message, 0, 6));
        assertEquals(Next.BROKEN, bare.next());
        assertTrue(bare.cause().contains("65535"), bare.cause());

        FrameDecoder prefixed = new FrameDecoder();
        prefixed.feed(Msgpack.hex("01 00 00 00 80  00 00 01 00"));
        assertEquals(Next.MESSAGE, prefixed.next());
        assertEquals(Next.BROKEN, prefixed.next());
        assertTrue(prefixed.cause().contains("65535"), prefixed.cause());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dd", "df", "db", "c6", "c9"})
    void announcingFourGigabytesCostsNoMemory(String head) {
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(Msgpack.hex("81 a1 78" + head + "ff ff ff ff"));
        assertEquals(Next.BROKEN, decoder.next());
        assertEquals(0, decoder.heldBytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {10_000, 65_000})
    void deepNestingIsAMessageLikeAnyOther(int depth) {
        byte[] message = new byte[depth + 4];
        Arrays.fill(message, (byte) 0x91);
        message[0] = (byte) 0x81;
        message[1] = (byte) 0xa1;
        message[2] = 'x';
        message[depth + 3] = 0;
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(ByteBuffer.wrap(message));
        assertEquals(Next.MESSAGE, decoder.next());
        assertEquals(message.length, decoder.message().remaining());
    }

    @Test
    void whatIsNotMsgpackIsBrokenAfterTheMessagesBeforeIt() {
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(Msgpack.hex("81 a1 78 05  81 a1 c1 06  81 a1 78 c1  81 a1 78 07"));
        assertEquals(Next.MESSAGE, decoder.next());
        assertEquals(Next.MESSAGE, decoder.next(), "c1 within a string is no head");
        assertEquals(Next.BROKEN, decoder.next());
        assertTrue(decoder.cause().contains("c1"), decoder.cause());
        assertEquals(Framing.BARE, decoder.framing());
    }

    @Test
    void brokenStaysBrokenAndHoldsNothing() {
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(Msgpack.hex("81 c1 78 05"));
        assertEquals(Next.BROKEN, decoder.next());
        ByteBuffer more = ByteBuffer.wrap(framed(Framing.BARE, List.of(command(1))));
        decoder.feed(more);
        assertEquals(Next.BROKEN, decoder.next());
        assertFalse(more.hasRemaining());
        assertFalse(decoder.cause().isEmpty());
        assertFalse(decoder.message().hasRemaining());
        assertEquals(0, decoder.heldBytes());
    }

    @Test
    void memoryFollowsWhatWasReceivedAndNotWhatWasAnnounced() {
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(Msgpack.hex("ff ff 00 00 81"));
        assertEquals(Next.INCOMPLETE, decoder.next());
        assertTrue(decoder.heldBytes() <= 16, () -> "holds " + decoder.heldBytes());

        byte[] message = mapOfLength(65_535);
        for (int received = 1; received < message.length; received++) {
            decoder.feed(ByteBuffer.wrap(message, received, 1));
            decoder.next();
            int held = decoder.heldBytes();
            assertTrue(held >= received + 5 && held <= 2 * (received + 5), "holds " + held + " after " + received);
        }
        assertEquals(Next.INCOMPLETE, decoder.next());
        assertEquals(0, decoder.heldBytes());
    }

    @Test
    void nothingIsHeldBetweenMessagesAndLittleForALittleRest() {
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        for (int i = 0; i < 10_000; i++) {
            many.writeBytes(command(i).array());
        }
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(ByteBuffer.wrap(many.toByteArray()));
        takeAll(decoder, new ArrayList<>());
        assertEquals(0, decoder.heldBytes());

        many.writeBytes(Msgpack.hex("81 a1").array());
        decoder.feed(ByteBuffer.wrap(many.toByteArray()));
        takeAll(decoder, new ArrayList<>());
        assertTrue(decoder.heldBytes() <= 4, () -> "holds " + decoder.heldBytes());
        decoder.feed(Msgpack.hex("78 05"));
        assertEquals(Next.MESSAGE, decoder.next());
        assertEquals(Msgpack.hex("81 a1 78 05"), decoder.message());
    }

    @Test
    void repliesAreFramedAsThePeerFrames() {
        assertEquals("03 00 00 00 81 a0 05", Msgpack.hex(Framing.LENGTH_PREFIXED.frame(Msgpack.hex("81 a0 05"))));
        assertEquals("81 a0 05", Msgpack.hex(Framing.BARE.frame(Msgpack.hex("81 a0 05"))));
        assertEquals("81 a0 05", Msgpack.hex(Framing.UNDECIDED.frame(Msgpack.hex("81 a0 05"))));
        ByteBuffer large = Framing.LENGTH_PREFIXED.frame(ByteBuffer.allocate(0x01_02_03));
        assertEquals("03 02 01 00", Msgpack.hex(large.slice(0, 4)));
        assertEquals(0x01_02_03 + 4, large.remaining());
    }

    private static Next takeAll(FrameDecoder decoder, List<ByteBuffer> into) {
        Next next = decoder.next();
        while (next == Next.MESSAGE) {
            into.add(copy(decoder.message()));
            next = decoder.next();
        }
        return next;
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    private static byte[] framed(Framing framing, List<ByteBuffer> messages) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (ByteBuffer message : messages) {
            stream.writeBytes(framing.frame(message.duplicate()).array());
        }
        return stream.toByteArray();
    }

    private static ByteBuffer command(int number) {
        return Msgpack.map("cmd", "status", "number", number);
    }

    /** A map of one key with binary data: 81 a1 78 c5 nn nn and that many bytes. */
    private static byte[] mapOfLength(int length) {
        return Msgpack.map("x", new byte[length - 6]).array();
    }
}
