package dev.lander.relay.proxy;

import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.relay.tls.ClientHello;
import dev.lander.text.AddressText;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The PROXY protocol's header, by which a component learns who the client is. Source: "The PROXY protocol, versions 1
 * and 2", Willy Tarreau, haproxy.org.
 */
public final class ProxyHeader {
    static final byte[] V2_SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};

    /** What precedes an IPv4 address that is written as one of IPv6 (RFC 4291, section 2.5.5.2). */
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private static final byte V2_LOCAL = 0x20;
    private static final byte V2_PROXY = 0x21;
    static final int FAMILY_IPV4 = 0x10;
    static final int FAMILY_IPV6 = 0x20;
    static final int TRANSPORT_STREAM = 0x01;
    private static final int TRANSPORT_DATAGRAM = 0x02;
    static final int FIXED_LENGTH = 16;
    private static final int LENGTH_AT = 14;

    /** Extensions, each a type, its length in two bytes, and so many bytes. */
    static final int ALPN = 0x01;

    static final int AUTHORITY = 0x02;
    static final int EXTENSION_HEAD = 3;
    private static final int IPV4_LENGTH = 12;
    private static final int IPV6_LENGTH = 36;

    /** No header that is written is longer, in bytes: as much as the protocol wants every first segment to hold. */
    public static final int LONGEST = 536;

    private ProxyHeader() {}

    /**
     * Puts the header at the buffer's position.
     *
     * @param version V1 (TCP only) or V2
     * @param client the address of the one that talks to Lander
     * @param relay where the client believes to talk to, or a wildcard address (not for version 1); should it be of the
     *     other family, the IPv4 address of the two is written as one of IPv6
     */
    public static void put(
            ByteBuffer buffer,
            ProxyProtocol version,
            Protocol protocol,
            InetSocketAddress client,
            InetSocketAddress relay) {
        if (version == ProxyProtocol.V1) {
            putV1(buffer, client, relay);
        } else {
            putV2(buffer, protocol, client, relay);
        }
    }

    /**
     * Puts a header for a connection of Lander's own, as a probe is. Version 2 says just that. In version 1 only
     * UNKNOWN would, which postfix and Apache refuse: so it names the connection's own two addresses.
     *
     * @param own where Lander connects from
     * @param peer where it has connected to
     */
    public static void putLocal(
            ByteBuffer buffer, ProxyProtocol version, InetSocketAddress own, InetSocketAddress peer) {
        if (version == ProxyProtocol.V1) {
            putV1(buffer, own, peer);
        } else {
            buffer.put(V2_SIGNATURE).put(V2_LOCAL).put((byte) 0).putShort((short) 0);
        }
    }

    /**
     * Adds what the client asks for to the header of version 2 that begins there and ends at the buffer's position: the
     * server's name (PP2_TYPE_AUTHORITY), and a PP2_TYPE_ALPN for each protocol that it offers, the preferred first.
     * What would make the header longer than {@link #LONGEST} is left out.
     *
     * @param start where the header begins
     */
    public static void extend(ByteBuffer buffer, int start, ClientHello hello) {
        if (hello.serverName() != null) {
            putExtension(buffer, start, AUTHORITY, hello.serverName());
        }
        for (String protocol : hello.protocols()) {
            putExtension(buffer, start, ALPN, protocol);
        }
        buffer.putShort(start + LENGTH_AT, (short) (buffer.position() - start - FIXED_LENGTH));
    }

    private static void putExtension(ByteBuffer buffer, int start, int type, String text) {
        if (buffer.position() - start + EXTENSION_HEAD + text.length() <= LONGEST) {
            buffer.put((byte) type).putShort((short) text.length());
            buffer.put(text.getBytes(StandardCharsets.ISO_8859_1)); // as it was on the wire
        }
    }

    /** How long a version 2 header for this client is, in bytes, when it has talked to an address of its own family. */
    public static int v2Length(InetSocketAddress client) {
        return FIXED_LENGTH + (isIpv4(client) ? IPV4_LENGTH : IPV6_LENGTH);
    }

    private static void putV1(ByteBuffer buffer, InetSocketAddress client, InetSocketAddress relay) {
        boolean ipv4 = isIpv4(client) && isIpv4(relay);
        String line = "PROXY " + (ipv4 ? "TCP4 " : "TCP6 ") + host(client, ipv4) + " " + host(relay, ipv4) + " "
                + client.getPort() + " " + relay.getPort() + "\r\n";
        buffer.put(line.getBytes(StandardCharsets.US_ASCII));
    }

    private static void putV2(ByteBuffer buffer, Protocol protocol, InetSocketAddress client, InetSocketAddress relay) {
        boolean wildcard = relay.getAddress().isAnyLocalAddress();
        boolean ipv4 = isIpv4(client) && (wildcard || isIpv4(relay));
        int transport = protocol == Protocol.TCP ? TRANSPORT_STREAM : TRANSPORT_DATAGRAM;
        buffer.put(V2_SIGNATURE).put(V2_PROXY);
        buffer.put((byte) ((ipv4 ? FAMILY_IPV4 : FAMILY_IPV6) | transport));
        buffer.putShort((short) (ipv4 ? IPV4_LENGTH : IPV6_LENGTH));
        buffer.put(bytes(client, ipv4));
        // A wildcard address, all that is known of most UDP relay sockets, is that of the client's family.
        buffer.put(wildcard ? new byte[ipv4 ? 4 : 16] : bytes(relay, ipv4));
        buffer.putShort((short) client.getPort()).putShort((short) relay.getPort());
    }

    private static boolean isIpv4(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address;
    }

    private static byte[] bytes(InetSocketAddress address, boolean ipv4) {
        byte[] bytes = address.getAddress().getAddress();
        return ipv4 || !isIpv4(address)
                ? bytes
                : ByteBuffer.allocate(16).put(MAPPED).put(bytes).array();
    }

    /** The address without a zone, which no reader of the header knows. */
    private static String host(InetSocketAddress address, boolean ipv4) {
        String text = AddressText.host(address.getAddress());
        if (!ipv4 && isIpv4(address)) {
            return "::ffff:" + text;
        }
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
