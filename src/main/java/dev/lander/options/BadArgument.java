package dev.lander.options;

/** A command line, or a variable, that can't be understood; the message names the option, and is for users. */
public final class BadArgument extends Exception {
    private static final long serialVersionUID = 1;

    BadArgument(String message) {
        super(message);
    }
}
