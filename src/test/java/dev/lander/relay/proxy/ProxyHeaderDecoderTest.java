package dev.lander.relay.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.relay.tls.ClientHello;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderDecoderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String IPV4 = "c0000207" + "c6336401" + "dc04" + "01bb";
    private static final String EARLY = "and on\r\n";

    private final InetSocketAddress peer = address("10.0.0.1", 9);
    private final InetSocketAddress own = address("10.0.0.2", 10);

    @Test
    void versionOneIsUnderstoodInAnyPieces() throws Exception {
        assertTells("192.0.2.7", 56_324, "198.51.100.1", 443, line("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443"));
        assertTells("2001:db8::c", 0, "::1", 65_535, line("PROXY TCP6 2001:db8::c ::1 0 65535"));
        assertTells("192.0.2.7", 1, "2001:db8::1", 2, line("PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 1 2"));
    }

    @Test
    void whatIsOddButUnambiguousIsUnderstood() throws Exception {
        assertTells("192.0.2.7", 56_324, "198.51.100.1", 443, line("PROXY TCP6 192.0.2.7 198.51.100.1 56324 443"));
        assertTells("192.0.2.7", 56_324, "2001:db8::1", 443, line("PROXY TCP6 192.0.2.7 2001:db8::1 56324 443"));
        assertTells("2001:db8::c", 56_324, "192.0.2.7", 443, line("PROXY TCP4 2001:db8::c 192.0.2.7 56324 443"));
        assertTells("fe80::1", 56_324, "::1", 443, line("PROXY TCP6 fe80::1%eth0 ::1 56324 443"));
        assertTells("192.0.2.7", 1, "198.51.100.1", 443, line("PROXY  TCP4 192.0.2.7 198.51.100.1 00001 0443 "));
        assertTells("192.0.2.7", 1, "198.51.100.1", 443, ascii("PROXY TCP4 192.0.2.7 198.51.100.1 1 443\n"));
        assertTells("10.0.0.1", 9, "10.0.0.2", 10, ascii("PROXY UNKNOWN\n"));
    }

    @Test
    void versionTwoIsUnderstoodInAnyPieces() throws Exception {
        assertTells("192.0.2.7", 56_324, "198.51.100.1", 443, hex("21" + "11" + "000c" + IPV4));
        String ipv6 = "20010db800000000000000000000000c" + "00000000000000000000000000000001" + "dc04" + "01bb";
        assertTells("2001:db8::c", 56_324, "::1", 443, hex("21" + "21" + "0024" + ipv6));
        String mapped = "00000000000000000000ffffc0000207" + "20010db8000000000000000000000001" + "dc04" + "01bb";
        assertTells("192.0.2.7", 56_324, "2001:db8::1", 443, hex("21" + "21" + "0024" + mapped));
    }

    @Test
    void extensionsAreSkipped() throws Exception {
        assertTells("192.0.2.7", 56_324, "198.51.100.1", 443, hex("21" + "11" + "0010" + IPV4 + "04000141"));
        int longest = ProxyHeaderDecoder.LONGEST - 16;
        String filled = IPV4 + "00".repeat(longest - 12);
        assertTells("192.0.2.7", 56_324, "198.51.100.1", 443, hex("21" + "11" + "%04x".formatted(longest) + filled));
    }

    @Test
    void whatTheClientHasAskedForIsRead() throws Exception {
        String name = "020009" + "532e4578616d706c65"; // S.Example
        assertAskedFor(ClientHello.of("s.example", List.of()), name);
        assertAskedFor(ClientHello.of("s.example", List.of("h2", "h3")), "0100026832" + name + "040000" + "0100026833");
        assertAskedFor(ClientHello.of("s.example", List.of()), name + "01ffff6832");
        assertAskedFor(ClientHello.of(null, List.of("h2")), "0100026832" + "020100" + "61".repeat(256));
        assertAskedFor(null, "");
        assertAskedFor(null, "02000a" + "532e4578616d706c65");
        assertAskedFor(null, "020000" + "010000" + "0200");
        assertAskedFor(null, "050002" + "0200");
    }

    private void assertAskedFor(@Nullable ClientHello expected, String extensions) throws Exception {
        int length = 12 + extensions.length() / 2;
        byte[] header = hex("21" + "11" + "%04x".formatted(length) + IPV4 + extensions);
        assertTells("192.0.2.7", 56_324, "198.51.100.1", 443, header);
        ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
        put(decoder, header, 0, Math.min(header.length, 200));
        if (header.length > 200) {
            assertFalse(decoder.isWhole());
            put(decoder, header, 200, header.length);
        }
        assertTrue(decoder.isWhole());
        assertEquals(expected, decoder.client(peer, own).hello());
    }

    @Test
    void whatNamesNobodyLeavesTheConnectionsOwnAddresses() throws Exception {
        String longestLine = "PROXY UNKNOWN " + "x".repeat(107 - 2 - "PROXY UNKNOWN ".length());
        for (byte[] header : new byte[][] {
            line("PROXY UNKNOWN"),
            line("PROXY UNKNOWN ffff::1 ffff::2 65535 65535"),
            line(longestLine),
            hex("20" + "00" + "0000"),
            hex("20" + "11" + "000c" + IPV4),
            hex("20" + "11" + "0000"),
            hex("21" + "00" + "0000"),
            hex("21" + "01" + "0000"),
            hex("21" + "10" + "000c" + IPV4),
            hex("21" + "12" + "000c" + IPV4),
            hex("21" + "31" + "00d8" + "2f".repeat(216)),
        }) {
            assertTells("10.0.0.1", 9, "10.0.0.2", 10, header);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1",
                "PROXY",
                "PROXYTCP4",
                "proxy TCP4 192.0.2.7 198.51.100.1 56324 443",
                "PROXY ",
                "PROXY TCP4",
                "PROXY TCP5 192.0.2.7 198.51.100.1 56324 443",
                "PROXY UDP4 192.0.2.7 198.51.100.1 56324 443",
                "PROXY UNKNOWNX",
                "PROXY TCP4 192.0.2.7 198.51.100.1 56324",
                "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443 1",
                "PROXY TCP4 192.0.2.7 198.51.100.1 65536 443",
                "PROXY TCP4 192.0.2.7 198.51.100.1 -1 443",
                "PROXY TCP4 192.0.2.7 198.51.100.1 0x1 443",
                "PROXY TCP4 192.0.2.7 198.51.100.1 +1 443",
                "PROXY TCP4 192.0.2.7 198.51.100.1 99999 443",
                "PROXY TCP4 192.0.2.7 198.51.100.1  443",
                "PROXY TCP4 192.0.2.256 198.51.100.1 56324 443",
                "PROXY TCP4 192.0.2 198.51.100.1 56324 443",
                "PROXY TCP4 localhost 198.51.100.1 56324 443",
                "PROXY TCP6 unix: unix: 56324 443",
                "PROXY TCP6 ::1 :::1 56324 443",
                "PROXY TCP4 192.0.2.7\u0000 198.51.100.1 56324 443",
                "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\rx",
            })
    void aBrokenLineIsRefused(String text) {
        assertRefused(line(text));
    }

    @Test
    void aLineWithoutAnEndIsRefusedAsSoonAsItIsTooLong() throws Exception {
        byte[] bytes = ("PROXY UNKNOWN " + "x".repeat(200)).getBytes(ISO_8859_1);
        ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
        decoder.room().put(bytes, 0, 106);
        assertFalse(decoder.isWhole());
        decoder.room().put(bytes, 106, 1);
        assertThrows(MalformedHeaderException.class, decoder::isWhole);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "11" + "11" + "000c" + IPV4, // version 1
                "31" + "11" + "000c" + IPV4,
                "22" + "11" + "000c" + IPV4, // command 2
                "2f" + "11" + "000c" + IPV4,
                "21" + "41" + "000c" + IPV4, // family 4
                "21" + "13" + "000c" + IPV4, // transport 3
                "21" + "11" + "000b" + IPV4,
                "21" + "21" + "0023" + IPV4 + IPV4 + IPV4,
                "21" + "11" + "0ff1", // 4,097 bytes
                "21" + "11" + "ffff",
            })
    void aBrokenBinaryHeaderIsRefused(String behindSignature) {
        assertRefused(hex(behindSignature));
    }

    @Property
    void whatLanderWritesItReads(
            @ForAll boolean binary,
            @ForAll @Size(4) byte[] ipv4,
            @ForAll @Size(16) byte[] ipv6,
            @ForAll @IntRange(max = 3) int families,
            @ForAll @IntRange(max = 65_535) int port)
            throws Exception {
        InetSocketAddress client =
                new InetSocketAddress(InetAddress.getByAddress(families % 2 == 0 ? ipv4 : ipv6), port);
        InetSocketAddress relay =
                new InetSocketAddress(InetAddress.getByAddress(families / 2 == 0 ? ipv4 : ipv6), 65_535 - port);
        ByteBuffer header = ByteBuffer.allocate(256);
        ProxyHeader.put(header, binary ? ProxyProtocol.V2 : ProxyProtocol.V1, Protocol.TCP, client, relay);
        ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
        decoder.room().put(header.flip());
        assertTrue(decoder.isWhole());
        ProxiedClient told = decoder.client(peer, own);
        assertEquals(client, told.address());
        assertEquals(relay.getAddress().isAnyLocalAddress() ? relay.getPort() : relay, asked(told, relay));
    }

    /** A wildcard address has no family of its own. */
    private static Object asked(ProxiedClient told, InetSocketAddress relay) {
        return relay.getAddress().isAnyLocalAddress() ? (Object) told.asked().getPort() : told.asked();
    }

    /** In two pieces at every place, and byte by byte, with something behind it or not. */
    private void assertTells(String client, int clientPort, String asked, int askedPort, byte[] header)
            throws Exception {
        byte[] early = EARLY.getBytes(ISO_8859_1);
        for (int cut = 0; cut < header.length; cut++) {
            ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
            put(decoder, header, 0, cut);
            assertFalse(decoder.isWhole(), "after " + cut);
            put(decoder, header, cut, header.length);
            if (decoder.room().remaining() >= early.length) {
                decoder.room().put(early);
            }
            assertTrue(decoder.isWhole(), "cut at " + cut);
            ProxiedClient told = decoder.client(peer, own);
            assertEquals(address(client, clientPort), told.address());
            assertEquals(address(asked, askedPort), told.asked());
            assertEquals(
                    decoder.room().position() == header.length ? "" : EARLY,
                    ISO_8859_1.decode(told.early()).toString());
        }
        ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
        for (int i = 0; i < header.length; i++) {
            assertFalse(decoder.isWhole(), "after " + i);
            decoder.room().put(header[i]);
        }
        assertTrue(decoder.isWhole());
        assertEquals(address(client, clientPort), decoder.client(peer, own).address());
    }

    /** As a socket fills it: never more than there is room, and looked at in between. */
    private static void put(ProxyHeaderDecoder decoder, byte[] bytes, int start, int end) throws Exception {
        for (int at = start; at < end; ) {
            int count = Math.min(decoder.room().remaining(), end - at);
            decoder.room().put(bytes, at, count);
            at += count;
            if (at < end) {
                assertFalse(decoder.isWhole());
            }
        }
    }

    private static void assertRefused(byte[] bytes) {
        ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
        decoder.room().put(bytes);
        assertThrows(MalformedHeaderException.class, decoder::isWhole);
    }

    private static byte[] line(String text) {
        return ascii(text + "\r\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static byte[] hex(String behindSignature) {
        return HexFormat.of().parseHex(SIGNATURE + behindSignature);
    }

    private static InetSocketAddress address(String host, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException noAddress) {
            throw new AssertionError(noAddress);
        }
    }
}
