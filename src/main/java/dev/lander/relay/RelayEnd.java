package dev.lander.relay;

import dev.lander.text.Word;

/** How a TCP relay or a UDP flow ended. A TCP relay that one side has reset counts as reset, whoever closed first. */
public enum RelayEnd implements Word {
    CLIENT_CLOSED,
    COMPONENT_CLOSED,
    CLIENT_RESET,
    COMPONENT_RESET,
    /** By {@code --idle-timeout}. */
    IDLE,
    /** By the component's {@code max_duration}. */
    MAX_DURATION,
    /** No component could take the client. */
    NO_COMPONENT,
    /** A balancer in front has sent no PROXY header, or a broken one. */
    PROXY_HEADER,
    /** None of the services that share the port is the one that the client asks for. */
    NO_SERVICE,
    /** The client has sent no first message of TLS in time, or a broken one, to a port that services share. */
    CLIENT_HELLO,
    /** The component does not take the TLS that a client of PostgreSQL's was told to begin. */
    PREAMBLE,
    /** All answers that the service has declared have come. */
    ANSWERED,
    /** By {@code --udp-timeout}. */
    TIMEOUT,
    /** It made room for another flow. */
    EVICTED,
    /** The flow's component has left. */
    COMPONENT_LEFT,
    /** The address that the client asked is none of this machine's any more. */
    ADDRESS_LEFT,
    /** Lander ended before it. */
    CUT,
    /** By a fault of this machine's or of Lander's. */
    FAULT
}
