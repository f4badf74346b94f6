package dev.lander.simulation;

/** An invariant does not hold. */
final class ViolationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String finder;

    /** @param finder the simple name of the class that has found it */
    ViolationException(String finder, String invariant) {
        super(finder + ": " + invariant);
        this.finder = finder;
    }

    /** The simple name of the class that has found it. */
    String finder() {
        return finder;
    }
}
