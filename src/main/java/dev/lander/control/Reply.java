package dev.lander.control;

/**
 * The answer to one command.
 *
 * @param error the code
 * @param message why, for people; empty when the code is {@link ErrorCode#OK}
 */
record Reply(ErrorCode error, String message) {
    static final Reply OK = new Reply(ErrorCode.OK, "");
}
