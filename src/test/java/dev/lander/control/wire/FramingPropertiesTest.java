package dev.lander.control.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.control.wire.FrameDecoder.Next;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

@PropertyDefaults(edgeCases = EdgeCasesMode.NONE)
class FramingPropertiesTest {
    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);
    private static final int LONGEST_FRAME = MsgpackExtent.MAX_BYTES + Framing.PREFIX_BYTES;

    /** All that a decoder made of some bytes. */
    private record Outcome(List<ByteBuffer> messages, Next last, Framing framing, String cause) {}

    @Property(tries = 300)
    void anyCutGivesTheMessagesThatWereSent(
            @ForAll("messages") List<byte[]> sent,
            @ForAll boolean prefixed,
            @ForAll @IntRange(min = 1, max = 300) int longestPiece,
            @ForAll long seed) {
        Framing framing = prefixed ? Framing.LENGTH_PREFIXED : Framing.BARE;
        List<ByteBuffer> expected = sent.stream().map(ByteBuffer::wrap).toList();

        Outcome outcome = decode(framed(framing, sent), longestPiece, seed);

        assertEquals(new Outcome(expected, Next.INCOMPLETE, framing, ""), outcome);
    }

    @Property(tries = 1000)
    void anyBytesComeToTheSameWhereverTheyAreCut(
            @ForAll("bytes") byte[] bytes, @ForAll @IntRange(min = 1, max = 40) int longestPiece, @ForAll long seed) {
        assertEquals(decode(bytes, bytes.length + 1, 0), decode(bytes, longestPiece, seed));
    }

    @Property(tries = 300)
    void anyDamageComesToTheSameWhereverItIsCut(
            @ForAll("messages") List<byte[]> sent,
            @ForAll boolean prefixed,
            @ForAll @IntRange(min = 1, max = 5) int damages,
            @ForAll @IntRange(min = 1, max = 40) int longestPiece,
            @ForAll long seed) {
        byte[] bytes = framed(prefixed ? Framing.LENGTH_PREFIXED : Framing.BARE, sent);
        Random random = new Random(seed);
        for (int i = 0; i < damages; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        assertEquals(decode(bytes, bytes.length, 0), decode(bytes, longestPiece, seed));
    }

    @Property(tries = 300)
    void aPrefixOfAMessageIsNeverAMessage(@ForAll("map") byte[] map, @ForAll long seed) {
        int length = new Random(seed).nextInt(map.length);
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(ByteBuffer.wrap(map, 0, length));
        assertEquals(Next.INCOMPLETE, decoder.next());
    }

    /** Feeds the bytes in random pieces, taking all messages after each and watching the memory. */
    private static Outcome decode(byte[] bytes, int longestPiece, long seed) {
        return assertTimeoutPreemptively(TIME_LIMIT, () -> {
            Random random = new Random(seed);
            FrameDecoder decoder = new FrameDecoder();
            List<ByteBuffer> messages = new ArrayList<>();
            Next last = decoder.next();
            for (int from = 0; from < bytes.length; ) {
                int length = Math.min(1 + random.nextInt(longestPiece), bytes.length - from);
                decoder.feed(ByteBuffer.wrap(bytes, from, length));
                from += length;
                assertTrue(decoder.heldBytes() <= 2 * from, "memory while there may be messages");
                last = takeAll(decoder, messages);
                assertTrue(decoder.heldBytes() <= 2 * Math.min(from, LONGEST_FRAME), "memory");
            }
            assertEquals(last, decoder.next(), "the last word stands");
            return new Outcome(messages, last, decoder.framing(), decoder.cause());
        });
    }

    private static Next takeAll(FrameDecoder decoder, List<ByteBuffer> into) {
        Next next = decoder.next();
        while (next == Next.MESSAGE) {
            ByteBuffer message = decoder.message();
            assertTrue(message.remaining() <= MsgpackExtent.MAX_BYTES, "length");
            into.add(ByteBuffer.allocate(message.remaining()).put(message).flip());
            next = decoder.next();
        }
        return next;
    }

    private static byte[] framed(Framing framing, List<byte[]> messages) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            stream.writeBytes(framing.frame(ByteBuffer.wrap(message)).array());
        }
        assertNotEquals(0, stream.size());
        return stream.toByteArray();
    }

    /** A map first, then maps and, as nobody should send, other values. */
    @Provide
    Arbitrary<List<byte[]>> messages() {
        Arbitrary<byte[]> any = Arbitraries.oneOf(map(), RandomMsgpack.value().map(Msgpack::pack));
        return Combinators.combine(map(), any.list().ofMaxSize(5)).as((first, others) -> {
            List<byte[]> messages = new ArrayList<>(List.of(first));
            messages.addAll(others);
            return messages;
        });
    }

    @Provide
    Arbitrary<byte[]> map() {
        return RandomMsgpack.map().map(Msgpack::pack);
    }

    /** Random bytes that get past the first few: with a beginning of either framing, or none. */
    @Provide
    Arbitrary<byte[]> bytes() {
        Arbitrary<String> beginnings = Arbitraries.of(
                "",
                "81 a1 78",
                "84 a3 63 6d 64",
                "de 00 04 a1",
                "df 00 00 00 02",
                "df 00 00 00 80",
                "20 00 00 00",
                "03 00 00 00 81 a1 78",
                "81 a1 78 9f",
                "81 a1 78 dc 01 00",
                "81 a1 78 c5 00 20",
                "81 a1 78 dd 00 00 00");
        Arbitrary<byte[]> rest = Arbitraries.oneOf(
                Arbitraries.bytes().array(byte[].class).ofMaxSize(400),
                // Heads of small values, so that messages end and others begin.
                Arbitraries.of(0x80, 0x81, 0x82, 0x90, 0x92, 0xa0, 0xa3, 0xc0, 0xc4, 0xc7, 0xcc, 0xd4, 0xd9, 0xde, 0x00)
                        .map(Integer::byteValue)
                        .array(Byte[].class)
                        .ofMaxSize(400)
                        .map(FramingPropertiesTest::unboxed));
        return Combinators.combine(beginnings, rest).as((beginning, bytes) -> {
            byte[] head = Msgpack.hex(beginning).array();
            return ByteBuffer.allocate(head.length + bytes.length)
                    .put(head)
                    .put(bytes)
                    .array();
        });
    }

    private static byte[] unboxed(Byte[] boxed) {
        byte[] bytes = new byte[boxed.length];
        for (int i = 0; i < boxed.length; i++) {
            bytes[i] = boxed[i];
        }
        return bytes;
    }
}
