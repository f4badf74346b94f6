package dev.lander.relay;

import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The PROXY protocol's header, by which a component learns who the client is. Source: "The PROXY protocol, versions 1
 * and 2", Willy Tarreau, haproxy.org.
 */
final class ProxyHeader {
    private static final byte[] V2_SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};

    private static final byte V2_LOCAL = 0x20;
    private static final byte V2_PROXY = 0x21;
    private static final int FAMILY_IPV4 = 0x10;
    private static final int FAMILY_IPV6 = 0x20;
    private static final int TRANSPORT_STREAM = 0x01;
    private static final int TRANSPORT_DATAGRAM = 0x02;
    private static final int FIXED_LENGTH = 16;
    private static final int IPV4_LENGTH = 12;
    private static final int IPV6_LENGTH = 36;

    private ProxyHeader() {}

    /**
     * Puts the header at the buffer's position.
     *
     * @param version V1 (TCP only) or V2
     * @param client who talks to Lander
     * @param relay where Lander was talked to; for version 1 of the client's address family
     */
    static void put(
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

    /** Puts a header which says that the connection is Lander's own, as a probe is. */
    static void putLocal(ByteBuffer buffer, ProxyProtocol version) {
        if (version == ProxyProtocol.V1) {
            buffer.put("PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII));
        } else {
            buffer.put(V2_SIGNATURE).put(V2_LOCAL).put((byte) 0).putShort((short) 0);
        }
    }

    /** How long a version 2 header for this client is, in bytes. */
    static int v2Length(InetSocketAddress client) {
        return FIXED_LENGTH + (isIpv4(client) ? IPV4_LENGTH : IPV6_LENGTH);
    }

    private static void putV1(ByteBuffer buffer, InetSocketAddress client, InetSocketAddress relay) {
        String family = isIpv4(client) ? "TCP4" : "TCP6";
        String line = "PROXY " + family + " " + host(client) + " " + host(relay) + " " + client.getPort() + " "
                + relay.getPort() + "\r\n";
        buffer.put(line.getBytes(StandardCharsets.US_ASCII));
    }

    private static void putV2(ByteBuffer buffer, Protocol protocol, InetSocketAddress client, InetSocketAddress relay) {
        boolean ipv4 = isIpv4(client);
        int transport = protocol == Protocol.TCP ? TRANSPORT_STREAM : TRANSPORT_DATAGRAM;
        buffer.put(V2_SIGNATURE).put(V2_PROXY);
        buffer.put((byte) ((ipv4 ? FAMILY_IPV4 : FAMILY_IPV6) | transport));
        buffer.putShort((short) (ipv4 ? IPV4_LENGTH : IPV6_LENGTH));
        byte[] from = client.getAddress().getAddress();
        byte[] to = relay.getAddress().getAddress();
        // A wildcard address, all that is known of a UDP relay socket, is that of the client's family.
        buffer.put(from).put(to.length == from.length ? to : new byte[from.length]);
        buffer.putShort((short) client.getPort()).putShort((short) relay.getPort());
    }

    private static boolean isIpv4(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address;
    }

    /** The address without a zone, which no reader of the header knows. */
    private static String host(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        String text = host.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
