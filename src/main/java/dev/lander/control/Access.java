package dev.lander.control;

import dev.lander.text.AddressRange;
import dev.lander.text.PortRanges;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may do what on the control channel. */
public final class Access {
    private final List<AddressRange> allowed;
    private final PortRanges relayPorts;

    /** The shared secret; null = none is asked for. */
    private byte @Nullable [] token;

    /**
     * With these rules.
     *
     * @param token the shared secret; null = none is asked for
     */
    public Access(AccessSettings settings, @Nullable String token) {
        this.allowed = List.copyOf(settings.allowed());
        this.relayPorts = settings.relayPorts();
        this.token = bytes(token);
    }

    /** The shared secret has changed: it holds for commands from now on. */
    public void setToken(@Nullable String newToken) {
        token = bytes(newToken);
    }

    boolean mayConnect(InetAddress peer) {
        return allowed.isEmpty() || allowed.stream().anyMatch(range -> range.contains(peer));
    }

    /** Whether the token is the right one, or none is asked for. */
    boolean mayRegister(@Nullable String offered) {
        return token == null || isRight(offered);
    }

    /** Whether the peer may register what is at another address than its own. */
    boolean mayNameHost(@Nullable String offered) {
        return isRight(offered);
    }

    /** Whether the peer may drain what others have registered. */
    boolean mayOperate(InetAddress peer, @Nullable String offered) {
        return peer.isLoopbackAddress() || isRight(offered);
    }

    boolean mayBind(int relayPort) {
        return relayPorts.contains(relayPort);
    }

    PortRanges relayPorts() {
        return relayPorts;
    }

    /** Takes as long for a token that is nearly right as for any other, so that nobody can guess it bit by bit. */
    private boolean isRight(@Nullable String offered) {
        byte[] given = bytes(offered);
        return token != null && given != null && MessageDigest.isEqual(token, given);
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
