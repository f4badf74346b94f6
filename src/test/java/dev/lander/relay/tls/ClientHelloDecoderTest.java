package dev.lander.relay.tls;

import static dev.lander.relay.tls.Hellos.GREASE;
import static dev.lander.relay.tls.Hellos.body;
import static dev.lander.relay.tls.Hellos.extension;
import static dev.lander.relay.tls.Hellos.extensions;
import static dev.lander.relay.tls.Hellos.feed;
import static dev.lander.relay.tls.Hellos.join;
import static dev.lander.relay.tls.Hellos.message;
import static dev.lander.relay.tls.Hellos.number;
import static dev.lander.relay.tls.Hellos.protocols;
import static dev.lander.relay.tls.Hellos.record;
import static dev.lander.relay.tls.Hellos.records;
import static dev.lander.relay.tls.Hellos.serverName;
import static dev.lander.relay.tls.Hellos.vector;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientHelloDecoderTest {
    @Test
    void aHelloTellsTheNameAndTheProtocols() throws Exception {
        assertEquals(
                new ClientHello("shop.example.com", List.of("h2", "http/1.1")),
                decoded(Hellos.of("shop.example.com", "h2", "http/1.1")));
    }

    @Test
    void aNameIsComparedInLowerCaseAndWithoutADotAtItsEnd() throws Exception {
        assertEquals(
                "xn--bcher-kva.example",
                decoded(Hellos.of("XN--Bcher-KVA.Example.")).serverName());
    }

    @Test
    void itIsUnderstoodHoweverItIsCut() throws Exception {
        byte[] hello = Hellos.of("shop.example.com", "h2");
        for (int piece = 1; piece <= hello.length; piece++) {
            ClientHelloDecoder decoder = new ClientHelloDecoder();
            assertTrue(feed(decoder, hello, piece), "pieces of " + piece);
            assertEquals("shop.example.com", decoder.hello().serverName());
            assertArrayEquals(hello, bytes(decoder.received()));
        }
    }

    @Test
    void itMayComeOverAnyNumberOfRecords() throws Exception {
        byte[] message = message(body(extensions(serverName("shop.example.com"))));
        for (int most = 1; most <= message.length; most++) {
            assertEquals("shop.example.com", decoded(records(message, most)).serverName(), "records of " + most);
        }
    }

    @Test
    void nothingIsKnownBeforeItIsWhole() throws Exception {
        byte[] hello = Hellos.of("shop.example.com");
        byte[] most = new byte[hello.length - 1];
        System.arraycopy(hello, 0, most, 0, most.length);
        assertFalse(feed(new ClientHelloDecoder(), most, most.length));
    }

    @Test
    void whatComesBehindItIsKept() throws Exception {
        byte[] all = join(Hellos.of("a.example"), "early data".getBytes(US_ASCII));
        ClientHelloDecoder decoder = new ClientHelloDecoder();
        assertTrue(feed(decoder, all, all.length));
        assertArrayEquals(all, bytes(decoder.received()));
    }

    @Test
    void theLongestHasSixteenKibibytes() throws Exception {
        assertEquals(
                "a.example", decoded(padded(ClientHelloDecoder.LONGEST_HELLO)).serverName());
        assertMalformed("more than 16384 bytes", padded(ClientHelloDecoder.LONGEST_HELLO + 1));
    }

    @Test
    void aNameMayHave255Bytes() throws Exception {
        String longest = "a".repeat(251) + ".org";
        assertEquals(longest, decoded(Hellos.of(longest)).serverName());
        assertMalformed("the server name has 256 bytes", Hellos.of("a" + longest));
        assertMalformed("the server name has 0 bytes", Hellos.of(""));
    }

    @Test
    void greaseAndUnknownExtensionsAreSkipped() throws Exception {
        byte[] hello = record(message(body(extensions(
                extension(GREASE, new byte[0]),
                extension(51, new byte[1216]), // a post-quantum key share
                extension(65_037, new byte[200]), // ECH: the outer name counts
                protocols("\n\n", "h2"),
                serverName("public.example"),
                extension(GREASE, new byte[1])))));
        assertEquals(new ClientHello("public.example", List.of("\n\n", "h2")), decoded(hello));
    }

    @Test
    void aHelloWithoutExtensionsAsksForNoName() throws Exception {
        assertNull(decoded(record(message(body(new byte[0])))).serverName());
        assertNull(decoded(record(message(body(extensions())))).serverName());
    }

    @Test
    void anUnknownKindOfNameIsNone() throws Exception {
        byte[] other = extension(0, vector(2, join(new byte[] {7}, vector(2, "x".getBytes(US_ASCII)))));
        assertNull(decoded(record(message(body(extensions(other))))).serverName());
    }

    @Test
    void whatIsNoTlsIsKnownByItsFirstBytes() throws Exception {
        byte[] ssl2 = {(byte) 0x80, 46, 1, 0, 2};
        for (byte[] other : List.of("GET /".getBytes(US_ASCII), ssl2, new byte[8], new byte[] {22, 2, 0})) {
            ClientHelloDecoder decoder = new ClientHelloDecoder();
            assertTrue(feed(decoder, other, other.length));
            assertEquals(new ClientHello(null, List.of()), decoder.hello());
            assertArrayEquals(other, bytes(decoder.received()));
        }
    }

    @Test
    void lengthsThatDoNotFitAreRefused() {
        byte[] body = body(extensions(serverName("a.example")));
        byte[] whole = message(body);
        assertMalformed("a record has 0 bytes", new byte[] {22, 3, 1, 0, 0});
        assertMalformed("a record has 16385 bytes", join(new byte[] {22, 3, 1}, number(2, 16_385)));
        assertMalformed("no ClientHello", record(join(new byte[] {2}, vector(3, body))));
        assertMalformed(
                "another record", join(record(new byte[] {1, 0, 1}), new byte[] {23, 3, 3}, vector(2, new byte[9])));
        assertMalformed("something follows the extensions", record(message(join(body, new byte[1]))));
        assertMalformed(
                "two lists of server names", record(message(body(extensions(serverName("a"), serverName("b"))))));
        assertMalformed("two lists of protocols", record(message(body(extensions(protocols("a"), protocols("b"))))));
        assertMalformed("a protocol has no name", record(message(body(extensions(protocols(""))))));
        assertMalformed("the session id is too long", record(message(join(new byte[34], vector(1, new byte[33])))));
        for (int cut = 0; cut < body.length; cut++) {
            byte[] less = new byte[cut];
            System.arraycopy(body, 0, less, 0, cut);
            boolean endsBeforeExtensions = cut == body.length - extensions(serverName("a.example")).length;
            if (!endsBeforeExtensions) {
                assertMalformed("the hello ends within its", record(message(less)));
            }
        }
        assertEquals(4 + body.length, whole.length);
    }

    @Test
    void manySmallRecordsHoldABoundedAmount() {
        byte[] endless = new byte[ClientHelloDecoder.MOST_BYTES + 6];
        for (int begin = 0; begin + 6 <= endless.length; begin += 6) {
            System.arraycopy(new byte[] {22, 3, 1, 0, 1, 1}, 0, endless, begin, 6);
        }
        endless[11] = 0; // a hello of 0x000101 bytes and more
        endless[17] = 63;
        endless[23] = -1;
        assertMalformed("records have more than", endless);
    }

    /** A hello of this many bytes. */
    private static byte[] padded(int length) {
        byte[] name = serverName("a.example");
        int rest = length - body(extensions(name, extension(21, new byte[0]))).length;
        return records(message(body(extensions(name, extension(21, new byte[rest])))), 16_000);
    }

    private static ClientHello decoded(byte[] bytes) throws MalformedHelloException {
        ClientHelloDecoder decoder = new ClientHelloDecoder();
        assertTrue(feed(decoder, bytes, bytes.length), "it is whole");
        return decoder.hello();
    }

    private static void assertMalformed(String why, byte[] bytes) {
        String message = assertThrows(
                        MalformedHelloException.class, () -> feed(new ClientHelloDecoder(), bytes, bytes.length), why)
                .getMessage();
        assertTrue(String.valueOf(message).contains(why), message);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
