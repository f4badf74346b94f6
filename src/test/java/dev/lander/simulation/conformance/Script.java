package dev.lander.simulation.conformance;

import java.io.IOException;

/**
 * One rule of how {@code java.nio} behaves.
 *
 * @param rule the rule, as a sentence
 * @param actions what shows it
 */
record Script(String rule, Actions actions) {
    /** What is done, in which order. */
    @FunctionalInterface
    interface Actions {
        void playOn(Play play) throws IOException;
    }
}
