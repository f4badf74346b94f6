package dev.lander.simulation.network;

import java.net.SocketOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A socket's options: any may be set, and is remembered. */
final class Options {
    private final Map<SocketOption<?>, Object> values = new LinkedHashMap<>();

    <T> void set(SocketOption<T> option, T value) {
        values.put(option, value);
    }

    @Nullable
    <T> T get(SocketOption<T> option) {
        return option.type().cast(values.get(option));
    }

    Set<SocketOption<?>> names() {
        return values.keySet();
    }
}
