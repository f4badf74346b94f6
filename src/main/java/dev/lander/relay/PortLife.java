package dev.lander.relay;

/** What a bound port is told of its own life. */
@FunctionalInterface
public interface PortLife {
    /** Where it is now. */
    PortPhase phase();
}
