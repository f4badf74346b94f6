package dev.lander.relay;

/** Who wants to know of each TCP relay and UDP flow that has finished. */
@FunctionalInterface
public interface AccessLog {
    /** Called on the loop's thread, so it must not wait for anything. */
    void finished(FinishedRelay relay);
}
