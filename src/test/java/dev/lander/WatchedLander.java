package dev.lander;

import dev.lander.admin.Sources;
import dev.lander.options.Options;
import dev.lander.registry.Observer;
import dev.lander.relay.AccessLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** A Lander whose state a test on the same thread looks at, and that hears of its events and of what has finished. */
public final class WatchedLander {
    private final Lander lander;

    /**
     * Binds the control channel.
     *
     * @throws IOException when the platform's network refuses
     */
    public WatchedLander(Options options, Platform platform, Observer events, AccessLog finished) throws IOException {
        this.lander = new Lander(options, platform, List.of(events), finished);
    }

    /** Its state. */
    public Sources state() {
        return lander.sources();
    }

    /** Where the control channel listens. */
    public InetSocketAddress controlAddress() throws IOException {
        return lander.controlAddress();
    }

    /** Serves until its end. */
    public void run() throws IOException {
        lander.run();
    }

    /** As by SIGTERM. */
    public void end() {
        lander.end();
    }

    /** As by SIGHUP; what could not be read. */
    public List<String> reload() {
        return lander.reload();
    }
}
