package dev.lander.control.wire;

/**
 * The answer to one command.
 *
 * @param error the code
 * @param message why, for people; empty when the code is {@link ErrorCode#OK}
 */
public record Reply(ErrorCode error, String message) {
    public static final Reply OK = new Reply(ErrorCode.OK, "");
}
