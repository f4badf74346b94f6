package dev.lander.reactor;

import java.io.Closeable;
import java.io.IOException;

/** Closing without a fault. */
public final class Channels {
    private Channels() {}

    /** Closes the channel; that it can't be closed properly changes nothing for anybody. */
    public static void close(Closeable channel) {
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // Nothing is left to close.
        }
    }
}
