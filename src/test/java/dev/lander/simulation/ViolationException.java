package dev.lander.simulation;

/** An invariant does not hold. */
final class ViolationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ViolationException(String invariant) {
        super(invariant);
    }
}
