package dev.lander.registry;

/**
 * What became of a request to the registry. Refusals are values: nothing exceptional has happened.
 *
 * @param kind what became of it
 * @param detail why, for people; empty when it was done
 */
public record Outcome(Kind kind, String detail) {
    /** The request was carried out. */
    public static final Outcome DONE = new Outcome(Kind.DONE, "");

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
