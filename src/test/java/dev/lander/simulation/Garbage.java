package dev.lander.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was sent that nobody understands: a component that gets some of it knows whether it came whole and in order. */
final class Garbage {
    /** Below those that the system gives: no client of another kind comes from there. */
    private static final int FIRST_PORT = 10_000;

    private final List<byte[]> sent = new ArrayList<>();
    private int ports;

    /** The local port of the next connection with garbage. */
    int nextPort() {
        ports++;
        return FIRST_PORT + ports;
    }

    /** A connection is going to carry this. */
    void add(byte[] bytes) {
        if (bytes.length >= Conversation.HEAD) {
            sent.add(bytes);
        }
    }

    /** What begins so, to be compared with what comes; null = nothing does. */
    @Nullable
    Reading thatBegins(byte[] head) {
        Reading reading = new Reading(new ArrayList<>(sent));
        for (byte next : head) {
            if (!reading.takes(next)) {
                return null;
            }
        }
        return reading;
    }

    /** Garbage as it comes in: some of what was sent, as long as that is possible. */
    static final class Reading {
        private final List<byte[]> possible;
        private int place;

        private Reading(List<byte[]> possible) {
            this.possible = possible;
        }

        /** Whether this may be the next byte. */
        boolean takes(byte next) {
            possible.removeIf(bytes -> bytes.length <= place || bytes[place] != next);
            place++;
            return !possible.isEmpty();
        }
    }
}
