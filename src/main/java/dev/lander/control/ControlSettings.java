package dev.lander.control;

import dev.lander.control.stream.TlsSettings;
import dev.lander.sockets.BindAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What users can set about the control channel.
 *
 * @param bindAddress where it listens
 * @param port its TCP port; 0 = a free one
 * @param healthInterval how often each registration is sent a check
 * @param healthMisses unanswered checks in a row that take a component out of rotation
 * @param access who may do what
 * @param tls files for an encrypted channel; null = it is not encrypted
 * @param legacyPorts whether length-prefixed peers send {@code port} and {@code relay_port} the other way round
 */
public record ControlSettings(
        BindAddress bindAddress,
        int port,
        Duration healthInterval,
        int healthMisses,
        AccessSettings access,
        @Nullable TlsSettings tls,
        boolean legacyPorts) {
    /** What holds unless a user says otherwise. */
    public static final ControlSettings DEFAULT =
            new ControlSettings(BindAddress.ANY, 0, Duration.ofSeconds(5), 3, AccessSettings.DEFAULT, null, false);

    /** Whether everyone who reaches the channel can register. */
    public boolean isOpenToAll() {
        boolean anyCertificate = tls == null || tls.ca() == null;
        return anyCertificate && access.tokenFile() == null && access.allowed().isEmpty();
    }
}
