package dev.lander.relay;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.Reactor;
import dev.lander.registry.RelayPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Ports whose last component has left, and that are held for a while so that no other program can take them. */
final class LingeringPorts {
    private record Lingering(OpenPort port, Deadline end) {}

    private final Reactor reactor;
    private final Duration length;
    private final Consumer<OpenPort> close;
    /** More don't linger: each holds a descriptor, and who registers may name any port. */
    static final int MOST = 1_024;

    private final Map<RelayPort, Lingering> ports = new HashMap<>();

    /**
     * Without any port yet.
     *
     * @param length so long each is held; zero = not at all
     * @param close closes a port whose time is over
     */
    LingeringPorts(Reactor reactor, Duration length, Consumer<OpenPort> close) {
        this.reactor = reactor;
        this.length = length;
        this.close = close;
    }

    /** Holds the port, or closes it. */
    void add(RelayPort relayPort, OpenPort port) {
        if (length.isZero() || ports.size() >= MOST) {
            close.accept(port);
            return;
        }
        Deadline end = reactor.deadlines(length).create(() -> {
            ports.remove(relayPort);
            close.accept(port);
        });
        end.start();
        ports.put(relayPort, new Lingering(port, end));
        port.linger();
    }

    /** Gives the port back; null when it is not held. */
    @Nullable
    OpenPort take(RelayPort relayPort) {
        Lingering held = ports.remove(relayPort);
        if (held == null) {
            return null;
        }
        held.end().stop();
        return held.port();
    }

    boolean holds(RelayPort relayPort) {
        return ports.containsKey(relayPort);
    }

    /** Closes all. */
    void closeAll() {
        for (RelayPort relayPort : new ArrayList<>(ports.keySet())) {
            OpenPort port = take(relayPort);
            if (port != null) {
                close.accept(port);
            }
        }
    }
}
