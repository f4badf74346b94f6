package dev.lander.simulation;

/**
 * One actor or fault of a scenario. A scenario without it plays the rest as before, as far as the two have nothing to
 * do with each other.
 *
 * @param what it is, for people
 * @param entry brings it on
 */
record Part(String what, Entry entry) {
    /** How it comes into a run. */
    @FunctionalInterface
    interface Entry {
        void join(Cast cast) throws Exception;
    }

    @Override
    public String toString() {
        return what;
    }
}
