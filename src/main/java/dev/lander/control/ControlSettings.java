package dev.lander.control;

import dev.lander.control.stream.TlsContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What users can set about the control channel.
 *
 * @param healthInterval how often each registration is sent a check
 * @param healthMisses unanswered checks in a row that take a component out of rotation
 * @param access who may do what
 * @param legacyPorts whether length-prefixed peers send {@code port} and {@code relay_port} the other way round
 * @param tls how connections are encrypted; null = not at all
 */
public record ControlSettings(
        Duration healthInterval,
        int healthMisses,
        Access access,
        boolean legacyPorts,
        @Nullable TlsContext tls) {}
