package dev.lander.simulation;

/** What clients send and components answer, so that every byte can be checked. */
final class Patterns {
    private static final int ANSWER = 0x5a;

    private Patterns() {}

    /** A client's byte at this place of its stream. */
    static byte request(int client, int place) {
        return (byte) (client * 31 + place * 7 + (place >> 8));
    }

    /** The component's answer to a byte. */
    static byte answer(byte request) {
        return (byte) (request ^ ANSWER);
    }
}
