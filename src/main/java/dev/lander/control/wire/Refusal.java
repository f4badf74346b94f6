package dev.lander.control.wire;

/** A message that is no command; carries the reply to it. Thrown for what peers send, so without a stack trace. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Reply reply;

    Refusal(ErrorCode error, String message) {
        super(message, null, false, false);
        this.reply = new Reply(error, message);
    }

    Reply reply() {
        return reply;
    }
}
