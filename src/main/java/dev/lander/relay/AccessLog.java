package dev.lander.relay;

/** Hears of each TCP relay and UDP flow that has finished. */
@FunctionalInterface
public interface AccessLog {
    /** Nobody wants to know: {@link #finished} need not be called. */
    AccessLog NONE = relay -> {};

    /** Called on the loop's thread, so it must not wait for anything. */
    void finished(FinishedRelay relay);

    /** Whether anybody wants to know. Asked where a finished flow is no rarer than a datagram. */
    default boolean isOn() {
        return this != NONE;
    }
}
