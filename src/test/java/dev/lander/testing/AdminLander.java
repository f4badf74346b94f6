package dev.lander.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Options with the admin page on a free port of 127.0.0.1. */
public final class AdminLander {
    private AdminLander() {}

    /** The default options, and an admin page. */
    public static TestOptions options() {
        TestOptions options = new TestOptions();
        options.admin = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return options;
    }

    /** A Lander with an admin page. */
    public static RunningLander start() throws IOException {
        return RunningLander.start(options());
    }
}
