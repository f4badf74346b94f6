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

    private static final String HELD = "drained by an operator: it gets no clients until it is undrained";

    private static final String NEEDS_HELLO = "clients of this port are told apart by what they send first:"
            + " a server that speaks before its client does cannot work here";

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

    /**
     * A register was carried out.
     *
     * @param held an operator holds the component out of rotation
     * @param needsHello its port's clients have to speak first
     */
    static Outcome done(boolean held, boolean needsHello) {
        if (held) {
            return new Outcome(Kind.DONE, needsHello ? HELD + "; " + NEEDS_HELLO : HELD);
        }
        return needsHello ? new Outcome(Kind.DONE, NEEDS_HELLO) : DONE;
    }

    /** How the refusal of a component's port that is not registered reads. */
    public static Outcome notRegistered(RelayPort relayPort, int port) {
        return refused(
                Kind.NOT_REGISTERED, "port " + port + " is not registered on " + relayPort + " by this connection");
    }

    static Outcome refused(Kind kind, String detail) {
        return new Outcome(kind, detail);
    }
}
