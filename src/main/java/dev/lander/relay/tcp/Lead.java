package dev.lander.relay.tcp;

import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.relay.proxy.ProxyHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a component gets ahead of all that is read from the client.
 *
 * @param bytes from the position to the limit; good until the loop's buffer is next asked for
 * @param own how many of them, the first ones, are Lander's own
 */
record Lead(ByteBuffer bytes, int own) {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    /** What the client has sent already, alone. */
    static Lead early(@Nullable Introduction known) {
        return new Lead((known == null ? NONE : known.early()).duplicate(), 0);
    }

    /** The PROXY header that the component wants, if any, and what the client has sent already. */
    static Lead of(ReadBuffer buffer, Client client, Component component, @Nullable Introduction known)
            throws IOException {
        return of(buffer, client, component, known, known == null ? NONE : known.early());
    }

    /** The PROXY header that the component wants, if any, and then these bytes. */
    static Lead of(ReadBuffer buffer, Client client, Component component, @Nullable Introduction known, ByteBuffer then)
            throws IOException {
        ByteBuffer bytes = room(buffer, then.remaining());
        int start = bytes.position();
        putHeader(bytes, client, component.traits().proxyProtocol(), known);
        int own = bytes.position() - start;
        bytes.put(then.duplicate());
        return new Lead(bytes.limit(bytes.position()).position(start), own);
    }

    /** How many bytes were read from the client before. */
    int early() {
        return bytes.remaining() - own;
    }

    /** While memory is short, the loop's buffer may be too small. */
    private static ByteBuffer room(ReadBuffer buffer, int length) {
        ByteBuffer shared = buffer.room();
        int most = ProxyHeader.LONGEST + length;
        return most <= shared.remaining() ? shared : ByteBuffer.allocate(most);
    }

    private static void putHeader(ByteBuffer bytes, Client client, ProxyProtocol version, @Nullable Introduction known)
            throws IOException {
        if (version != ProxyProtocol.NONE) {
            InetSocketAddress told = known == null ? null : known.asked();
            InetSocketAddress asked =
                    told == null ? (InetSocketAddress) client.channel().getLocalAddress() : told;
            int start = bytes.position();
            ProxyHeader.put(bytes, version, Protocol.TCP, client.address(), asked);
            if (version == ProxyProtocol.V2 && known != null && known.hello() != null) {
                ProxyHeader.extend(bytes, start, known.hello());
            }
        }
    }
}
