package dev.lander.reactor;

import dev.lander.sockets.Channels;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;

/**
 * Channels whose keys are cancelled, and that close right after the next select: a channel that the selector still
 * holds would be closed with two system calls more, to say at once that it ends.
 */
final class ClosingChannels {
    private final ArrayDeque<SelectableChannel> channels = new ArrayDeque<>();

    /** Those of them that were there when this turn's select began. */
    private int deselected;

    void add(SelectionKey key) {
        key.cancel();
        channels.add(key.channel());
    }

    boolean isEmpty() {
        return channels.isEmpty();
    }

    /** A select begins, which lets go of all that are here. */
    void onSelect() {
        deselected = channels.size();
    }

    /** Closes those that the select has let go of. */
    void closeDeselected() {
        for (; deselected > 0; deselected--) {
            Channels.close(channels.remove());
        }
    }

    void closeAll() {
        channels.forEach(Channels::close);
    }
}
