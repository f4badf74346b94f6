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
        /** What is none. */
        BROKEN,
        /** Nothing at all is sent. */
        MISSING
    }

    /** Of any kind, for a client that comes from there and asks for this port. */
    static BalancerHeader draw(InetSocketAddress told, InetSocketAddress asked, SplittableRandom random) {
        Kind kind = List.of(Kind.values()).get(random.nextInt(Kind.values().length));
        ByteBuffer bytes = ByteBuffer.allocate(256);
        switch (kind) {
            case V1 -> ProxyHeader.put(bytes, ProxyProtocol.V1, Protocol.TCP, told, asked);
            case V2 -> ProxyHeader.put(bytes, ProxyProtocol.V2, Protocol.TCP, told, asked);
            case BROKEN -> bytes.put("PROXY nonsense\r\n".getBytes(StandardCharsets.US_ASCII));
            default -> {
                // nothing
            }
        }
        return new BalancerHeader(kind, bytes.flip());
    }

    /** Whether it names the client. */
    boolean isTrue() {
        return kind == Kind.V1 || kind == Kind.V2;
    }
}
