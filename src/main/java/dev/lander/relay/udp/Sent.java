package dev.lander.relay.udp;

import org.jspecify.annotations.Nullable;

/**
 * What became of a datagram on its way to a component.
 *
 * @param why as in the log, where this machine could not send it; null otherwise
 */
record Sent(Kind kind, @Nullable String why) {
    /** The outcomes. */
    enum Kind {
        /** It is on its way. */
        DONE,
        /** An earlier datagram was answered by "port unreachable"; this one was not sent. */
        REFUSED,
        /** No socket is free for it before the next select. */
        NO_ROOM_YET,
        /** This machine could not send it: another component may get it. */
        UNSENT,
        /** Not sent, and counted. */
        DROPPED
    }

    static final Sent DONE = new Sent(Kind.DONE, null);
    static final Sent REFUSED = new Sent(Kind.REFUSED, null);
    static final Sent NO_ROOM_YET = new Sent(Kind.NO_ROOM_YET, null);
    static final Sent DROPPED = new Sent(Kind.DROPPED, null);

    static Sent unsent(@Nullable String why) {
        return new Sent(Kind.UNSENT, why);
    }
}
