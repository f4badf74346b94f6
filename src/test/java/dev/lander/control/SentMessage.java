package dev.lander.control;

import dev.lander.control.wire.Command;
import dev.lander.control.wire.CommandCodec;
import dev.lander.control.wire.Msgpack;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as a component writes it, for tests.
 *
 * @param fields by their names, in the order in which they are sent
 */
public record SentMessage(Map<String, @Nullable Object> fields) {
    /** A command without any other field. */
    public static SentMessage command(String cmd) {
        return new SentMessage(Map.of()).with("cmd", cmd);
    }

    /** TCP from relay port 50000 to port 30000. */
    public static SentMessage register() {
        return ofRegistration("register");
    }

    /** Any command that names a registration, {@link #register}'s. */
    public static SentMessage ofRegistration(String cmd) {
        return command(cmd).with("protocol", "tcp").with("port", 30_000).with("relay_port", 50_000);
    }

    /** Good news of {@link #register}'s relay port. */
    public static SentMessage healthCheck() {
        return command("healthcheck")
                .with("protocol", "tcp")
                .with("port", 50_000)
                .with("state", "good");
    }

    /** With one field set, in its place if it had one, or with nil sent for null. */
    public SentMessage with(String field, @Nullable Object value) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(fields);
        changed.put(field, value);
        return new SentMessage(changed);
    }

    public SentMessage without(String field) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(fields);
        changed.remove(field);
        return new SentMessage(changed);
    }

    public byte[] packed() {
        return Msgpack.pack(fields);
    }

    /** What the codec makes of it. */
    public Command decoded() {
        return CommandCodec.decode(ByteBuffer.wrap(packed()), false);
    }

    /** What the codec makes of it where ports are swapped. */
    public Command decodedWithPortsSwapped() {
        return CommandCodec.decode(ByteBuffer.wrap(packed()), true);
    }
}
