package dev.lander.control.wire;

/** The codes of a reply's {@code error} field. 9 was never given out. */
public enum ErrorCode {
    OK(0),
    INVALID_REQUEST(1),
    INVALID_COMMAND(2),
    ALREADY_REGISTERED(3),
    NOT_REGISTERED(4),
    PORT_IN_USE(5),
    INVALID_PROTOCOL(6),
    INTERNAL_ERROR(7),
    BIND_FAILED(8),
    UNAUTHORIZED(10),
    FORBIDDEN(11),
    CONFLICT(12),
    LIMIT(13);

    private final int number;

    ErrorCode(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }
}
