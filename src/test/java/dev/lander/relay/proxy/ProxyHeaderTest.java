package dev.lander.relay.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.relay.tls.ClientHello;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The headers byte for byte, as "The PROXY protocol, versions 1 and 2" (haproxy.org) has them. */
final class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private final InetSocketAddress client4 = address("192.0.2.7", 56_324);
    private final InetSocketAddress relay4 = address("198.51.100.1", 443);
    private final InetSocketAddress client6 = address("2001:db8::c", 56_324);
    private final InetSocketAddress relay6 = address("2001:db8::1", 443);

    ProxyHeaderTest() throws IOException {}

    @Test
    void versionOneOverIpv4() {
        assertEquals(
                "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n",
                text(ProxyProtocol.V1, Protocol.TCP, client4, relay4));
    }

    @Test
    void versionOneOverIpv6() {
        assertEquals(
                "PROXY TCP6 2001:db8::c 2001:db8::1 56324 443\r\n",
                text(ProxyProtocol.V1, Protocol.TCP, client6, relay6));
    }

    @Test
    void versionOneNamesNoZone() throws IOException {
        byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();
        InetSocketAddress client = new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, 3), 9);
        assertEquals("PROXY TCP6 fe80::1 2001:db8::1 9 443\r\n", text(ProxyProtocol.V1, Protocol.TCP, client, relay6));
    }

    @Test
    void versionOneIsNoLongerThanTheProtocolAllows() throws IOException {
        InetSocketAddress longest = address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65_535);
        assertEquals(104, text(ProxyProtocol.V1, Protocol.TCP, longest, longest).length());
    }

    @Test
    void versionTwoOverIpv4() {
        String addresses = "c0000207" + "c6336401" + "dc04" + "01bb";
        assertEquals(
                SIGNATURE + "21" + "11" + "000c" + addresses, hex(ProxyProtocol.V2, Protocol.TCP, client4, relay4));
        assertEquals(
                SIGNATURE + "21" + "12" + "000c" + addresses, hex(ProxyProtocol.V2, Protocol.UDP, client4, relay4));
    }

    @Test
    void versionTwoOverIpv6() {
        String addresses = "20010db800000000000000000000000c" + "20010db8000000000000000000000001" + "dc04" + "01bb";
        assertEquals(
                SIGNATURE + "21" + "21" + "0024" + addresses, hex(ProxyProtocol.V2, Protocol.TCP, client6, relay6));
        assertEquals(
                SIGNATURE + "21" + "22" + "0024" + addresses, hex(ProxyProtocol.V2, Protocol.UDP, client6, relay6));
    }

    @Test
    void ofMixedFamiliesTheIpv4AddressIsMapped() {
        assertEquals(
                "PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 56324 443\r\n",
                text(ProxyProtocol.V1, Protocol.TCP, client4, relay6));
        assertEquals(
                "PROXY TCP6 2001:db8::c ::ffff:198.51.100.1 56324 443\r\n",
                text(ProxyProtocol.V1, Protocol.TCP, client6, relay4));
        assertEquals(
                SIGNATURE + "21" + "21" + "0024" + "00000000000000000000ffffc0000207"
                        + "20010db8000000000000000000000001" + "dc04" + "01bb",
                hex(ProxyProtocol.V2, Protocol.TCP, client4, relay6));
    }

    @Test
    void relaySocketOfAnyAddressIsOfTheClientsFamily() throws IOException {
        InetSocketAddress any4 = address("0.0.0.0", 53);
        InetSocketAddress any6 = address("::", 53);
        String expected4 = SIGNATURE + "21" + "12" + "000c" + "c0000207" + "00000000" + "dc04" + "0035";
        String expected6 = SIGNATURE + "21" + "22" + "0024" + "20010db800000000000000000000000c" + "00".repeat(16)
                + "dc04" + "0035";
        assertEquals(expected4, hex(ProxyProtocol.V2, Protocol.UDP, client4, any4));
        assertEquals(expected4, hex(ProxyProtocol.V2, Protocol.UDP, client4, any6));
        assertEquals(expected6, hex(ProxyProtocol.V2, Protocol.UDP, client6, any4));
        assertEquals(expected6, hex(ProxyProtocol.V2, Protocol.UDP, client6, any6));
    }

    @Test
    void lengthIsKnownBeforehand() {
        assertEquals(28, ProxyHeader.v2Length(client4));
        assertEquals(52, ProxyHeader.v2Length(client6));
    }

    @Test
    void connectionsOfLandersOwnNameTheirOwnAddressesOrNobody() {
        ByteBuffer buffer = ByteBuffer.allocate(128);
        ProxyHeader.putLocal(buffer, ProxyProtocol.V1, client4, relay4);
        assertEquals(text(ProxyProtocol.V1, Protocol.TCP, client4, relay4), new String(bytes(buffer), US_ASCII));
        buffer.clear();
        ProxyHeader.putLocal(buffer, ProxyProtocol.V1, client6, relay6);
        assertEquals(text(ProxyProtocol.V1, Protocol.TCP, client6, relay6), new String(bytes(buffer), US_ASCII));
        buffer.clear();
        ProxyHeader.putLocal(buffer, ProxyProtocol.V2, client4, relay4);
        assertEquals(SIGNATURE + "20" + "00" + "0000", HexFormat.of().formatHex(bytes(buffer)));
    }

    @Test
    void goesToTheBuffersPosition() {
        ByteBuffer buffer = ByteBuffer.allocate(64).position(5);
        ProxyHeader.put(buffer, ProxyProtocol.V2, Protocol.TCP, client4, relay4);
        assertEquals(5 + 28, buffer.position());
        assertEquals(0x0D, buffer.get(5));
    }

    @Test
    void whatTheClientAsksForIsInExtensions() {
        String expected = SIGNATURE + "2111" + "%04x".formatted(12 + 3 + 9 + 3 + 2 + 3 + 8) + "c0000207c6336401dc0401bb"
                + "020009" + "732e6578616d706c65" + "010002" + "6832" + "010008" + "687474702f312e31";
        assertEquals(expected, extended(ClientHello.of("s.example", List.of("h2", "http/1.1"))));
        assertEquals(hex(ProxyProtocol.V2, Protocol.TCP, client4, relay4), extended(ClientHello.of(null, List.of())));
    }

    @Test
    void theLongestNameFitsAndProtocolsThatDoNotAreLeftOut() {
        String protocol = "p".repeat(255);
        String header = extended(ClientHello.of("n".repeat(255), List.of(protocol, protocol, "h2")));
        String extensions = header.substring(2 * 28);
        assertEquals("0200ff" + "6e".repeat(255), extensions.substring(0, 2 * 258));
        assertEquals("010002" + "6832", extensions.substring(2 * 258));
    }

    private String extended(ClientHello hello) {
        ByteBuffer buffer = ByteBuffer.allocate(ProxyHeader.LONGEST + 5).position(5);
        ProxyHeader.put(buffer, ProxyProtocol.V2, Protocol.TCP, client4, relay4);
        ProxyHeader.extend(buffer, 5, hello);
        return HexFormat.of().formatHex(bytes(buffer)).substring(2 * 5);
    }

    private static String text(
            ProxyProtocol version, Protocol protocol, InetSocketAddress client, InetSocketAddress relay) {
        return new String(header(version, protocol, client, relay), US_ASCII);
    }

    private static String hex(
            ProxyProtocol version, Protocol protocol, InetSocketAddress client, InetSocketAddress relay) {
        return HexFormat.of().formatHex(header(version, protocol, client, relay));
    }

    private static byte[] header(
            ProxyProtocol version, Protocol protocol, InetSocketAddress client, InetSocketAddress relay) {
        ByteBuffer buffer = ByteBuffer.allocate(128);
        ProxyHeader.put(buffer, version, protocol, client, relay);
        return bytes(buffer);
    }

    private static byte[] bytes(ByteBuffer written) {
        byte[] bytes = new byte[written.flip().remaining()];
        written.get(bytes);
        return bytes;
    }

    private static InetSocketAddress address(String host, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }
}
