package dev.lander.registry;

/**
 * What became of a request to the registry. Refusals are values: nothing exceptional has happened.
 *
 * @param kind what became of it
 * @param detail why, for people; when it was done, what there is to know besides, or empty
 */
public record Outcome(Kind kind, String detail) {
    /** The request was carried out. */
    public static final Outcome DONE = new Outcome(Kind.DONE, "");

    /** A register was carried out, of what an operator holds out of rotation. */
    static final Outcome HELD =
            new Outcome(Kind.DONE, "drained by an operator: it gets no clients until it is undrained");

    /** What became of a request. */
    public enum Kind {
        DONE,
        ALREADY_REGISTERED,
        NOT_REGISTERED,
        RELAYS_TO_ITSELF,
        CONFLICT,
        LIMIT,
        BIND_FAILED
    }

    static Outcome refused(Kind kind, String detail) {
        return new Outcome(kind, detail);
    }
}
