package dev.lander.simulation;

import java.nio.ByteBuffer;

/** What clients send and components answer, so that every byte can be checked. */
final class Patterns {
    private Patterns() {}

    /** A client's byte at this place of its stream. */
    static byte request(int conversation, int place) {
        return (byte) (conversation * 31 + place * 7 + (place >> 8));
    }

    /** The component's byte at this place of its answer. */
    static byte answer(int conversation, int place) {
        return (byte) (conversation * 17 + place * 11 + (place >> 8) + 1);
    }

    /** Puts as many bytes of an answer, from this place on. */
    static void putAnswer(ByteBuffer target, int conversation, int place, int count) {
        for (int i = 0; i < count; i++) {
            target.put(answer(conversation, place + i));
        }
    }
}
