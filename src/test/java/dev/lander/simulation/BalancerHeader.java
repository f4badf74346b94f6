package dev.lander.simulation;

import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.relay.proxy.ProxyHeader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a balancer in front sends of a client, right or wrong.
 *
 * @param bytes to be sent ahead of all else
 */
record BalancerHeader(Kind kind, ByteBuffer bytes) {
    enum Kind {
        NONE,
        V1,
        V2,
        /** With what balancers tell besides. */
        V2_EXTENDED,
        /** Of a connection of the balancer's own. */
        OWN,
        /** What is none. */
        BROKEN,
        /** Nothing at all is sent. */
        MISSING
    }

    private static final int LONGEST = 256;

    /** Where version 2 has its length, behind a signature, its command and its family. */
    private static final int V2_LENGTH = 14;

    private static final byte[] V2 = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
    private static final byte AUTHORITY = 2;
    private static final byte ALPN = 1;
    private static final byte NOTHING = 4;
    private static final byte LONGER_THAN_THE_HEADER = 5;

    private static final List<byte[]> OWN = List.of(
            text("PROXY UNKNOWN\r\n"), text("PROXY UNKNOWN whatever follows\r\n"), v2(0x20, 0, 0), v2(0x21, 0, 0));

    private static final List<byte[]> BROKEN = List.of(
            text("PROXY nonsense\r\n"),
            text("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\rx"),
            text("PROXY TCP4 192.0.2.1 192.0.2.2 1 70000\r\n"),
            text("PROXY TCP4 192.0.2.1 192.0.2.999 1 2\r\n"),
            text("PROXY TCP4 " + " ".repeat(LONGEST / 2)),
            v2(0x31, 0x11, 12),
            v2(0x21, 0x71, 12),
            v2(0x21, 0x11, 4),
            v2(0x21, 0x11, 40_000));

    /**
     * Of any kind, for a client that comes from there and asks for this port.
     *
     * @param shared whether services share the port: then what is told of the client's hello would choose among them
     */
    static BalancerHeader draw(
            InetSocketAddress told, InetSocketAddress asked, boolean shared, SplittableRandom random) {
        Kind kind = List.of(Kind.values()).get(random.nextInt(Kind.values().length));
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
        switch (kind) {
            case V1 -> ProxyHeader.put(bytes, ProxyProtocol.V1, Protocol.TCP, told, asked);
            case V2 -> ProxyHeader.put(bytes, ProxyProtocol.V2, Protocol.TCP, told, asked);
            case V2_EXTENDED -> {
                ProxyHeader.put(bytes, ProxyProtocol.V2, Protocol.TCP, told, asked);
                extend(bytes, shared);
            }
            case OWN -> bytes.put(OWN.get(random.nextInt(OWN.size())));
            case BROKEN -> bytes.put(BROKEN.get(random.nextInt(BROKEN.size())));
            default -> {
                // nothing
            }
        }
        return new BalancerHeader(kind, bytes.flip());
    }

    /** Whether it names the client. */
    boolean isTrue() {
        return kind == Kind.V1 || kind == Kind.V2 || kind == Kind.V2_EXTENDED;
    }

    /** Whether Lander understands it. */
    boolean isUnderstood() {
        return isTrue() || kind == Kind.OWN;
    }

    private static void extend(ByteBuffer header, boolean shared) {
        int begin = header.position();
        header.put(NOTHING).putShort((short) 3).put(new byte[3]);
        if (!shared) {
            header.put(AUTHORITY).putShort((short) 9).put(text("a.example"));
            header.put(ALPN).putShort((short) 2).put(text("h2"));
        }
        header.put(LONGER_THAN_THE_HEADER).putShort((short) 1_000);
        int length = header.getShort(V2_LENGTH) + header.position() - begin;
        header.putShort(V2_LENGTH, (short) length);
    }

    /** The beginning of version 2, and as much behind it as it takes to be judged. */
    private static byte[] v2(int command, int family, int length) {
        ByteBuffer header = ByteBuffer.allocate(V2_LENGTH + Short.BYTES + Math.min(length, LONGEST / 2));
        return header.put(V2)
                .put((byte) command)
                .put((byte) family)
                .putShort((short) length)
                .array();
    }

    private static byte[] text(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }
}
