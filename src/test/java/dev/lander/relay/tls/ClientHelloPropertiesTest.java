package dev.lander.relay.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever comes gets an answer, and holds a bounded amount of memory. */
class ClientHelloPropertiesTest {
    private record Change(int at, int to, int kind) {}

    @Property(tries = 5_000)
    void aDamagedHelloIsUnderstoodOrRefused(
            @ForAll("hellos") byte[] hello,
            @ForAll("changes") List<Change> changes,
            @ForAll @IntRange(min = 1, max = 700) int piece) {
        byte[] damaged = hello;
        for (Change change : changes) {
            damaged = changed(damaged, change);
        }
        assertAnswered(damaged, piece);
    }

    @Property(tries = 2_000)
    void anyBytesBehindTheHeadsAreUnderstoodOrRefused(
            @ForAll @Size(max = 400) byte[] bytes, @ForAll @IntRange(min = 1, max = 500) int piece) {
        assertAnswered(Hellos.record(Hellos.message(bytes)), piece);
        assertAnswered(Hellos.record(Hellos.message(Hellos.body(Hellos.vector(2, bytes)))), piece);
        assertAnswered(bytes, piece);
    }

    @Property(tries = 500)
    void cutsAndRecordsMakeNoDifference(
            @ForAll("names") String name,
            @ForAll @IntRange(min = 1, max = 300) int record,
            @ForAll @IntRange(min = 1, max = 300) int piece)
            throws MalformedHelloException {
        byte[] message =
                Hellos.message(Hellos.body(Hellos.extensions(Hellos.protocols("h2"), Hellos.serverName(name))));
        ClientHelloDecoder decoder = new ClientHelloDecoder();
        assertTrue(Hellos.feed(decoder, Hellos.records(message, record), piece));
        assertEquals(new ClientHello(name, List.of("h2")), decoder.hello());
    }

    private static void assertAnswered(byte[] bytes, int piece) {
        ClientHelloDecoder decoder = new ClientHelloDecoder();
        try {
            if (Hellos.feed(decoder, bytes, piece)) {
                String name = decoder.hello().serverName();
                assertTrue(name == null || name.length() <= 255);
            } else {
                assertTrue(decoder.room() > 0, "it can be read on");
            }
        } catch (MalformedHelloException refused) {
            assertFalse(String.valueOf(refused.getMessage()).isEmpty());
        }
        assertTrue(decoder.held() <= 2 * ClientHelloDecoder.MOST_BYTES);
        assertTrue(decoder.received().remaining() <= bytes.length);
    }

    private static byte[] changed(byte[] bytes, Change change) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = change.at % bytes.length;
        ByteBuffer all = ByteBuffer.wrap(bytes);
        return switch (change.kind) {
            case 0 -> { // another byte
                byte[] other = bytes.clone();
                other[at] = (byte) change.to;
                yield other;
            }
            case 1 -> Hellos.join(slice(all, 0, at), slice(all, at + 1, bytes.length)); // one less
            case 2 -> Hellos.join(slice(all, 0, at), new byte[] {(byte) change.to}, slice(all, at, bytes.length));
            default -> slice(all, 0, at);
        };
    }

    private static byte[] slice(ByteBuffer all, int begin, int end) {
        byte[] part = new byte[end - begin];
        all.slice(begin, part.length).get(part);
        return part;
    }

    @Provide
    Arbitrary<byte[]> hellos() {
        Arbitrary<Integer> records = Arbitraries.integers().between(1, 400);
        return Combinators.combine(names(), records, Arbitraries.integers().between(0, 3_000))
                .as((name, record, padding) -> Hellos.records(
                        Hellos.message(Hellos.body(Hellos.extensions(
                                Hellos.extension(Hellos.GREASE, new byte[0]),
                                Hellos.extension(51, new byte[padding]),
                                Hellos.serverName(name),
                                Hellos.protocols("h2", "http/1.1")))),
                        record));
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 4_000),
                        Arbitraries.of(0, 1, 0x7f, 0x80, 0xff, 22, 23, 3),
                        Arbitraries.integers().between(0, 3))
                .as(Change::new)
                .list()
                .ofMaxSize(6);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars('-', '.')
                .ofMinLength(1)
                .ofMaxLength(100)
                .filter(name -> !name.endsWith("."));
    }
}
