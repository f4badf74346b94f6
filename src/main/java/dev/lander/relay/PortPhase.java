package dev.lander.relay;

/**
 * Where a bound relay port is in its life.
 *
 * <pre>
 *   SERVING ──last component leaves──> RELEASED ──turn's end──> LINGERING ──its time is over──> CLOSED
 *      │ ^                                │ │                       │
 *      │ └────────another service─────────┴─┼───────────────────────┘
 *      │                                    └──without --port-linger──> CLOSED
 *      └──Lander ends──> ENDING ──answers have had their time, or the last component leaves──> CLOSED
 * </pre>
 *
 * {@link RelayPorts} keeps it; a port only looks at it, by {@link PortLife}.
 */
public enum PortPhase {
    /** A service has it. */
    SERVING,
    /** The last component has left in this turn: nothing is read from the socket, so that what waits there is kept. */
    RELEASED,
    /** Held for nobody, so that no other program can take it: clients are refused. */
    LINGERING,
    /** Lander ends: takes no more requests, and passes the last answers. */
    ENDING,
    /** The socket is closed; its port is free after the next select. */
    CLOSED
}
