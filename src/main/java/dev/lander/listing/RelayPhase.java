package dev.lander.listing;

import dev.lander.text.Word;

/** How far a TCP client's connection or a UDP flow has come. */
public enum RelayPhase implements Word {
    /** TCP: the PROXY header of a balancer in front has not come yet. */
    PROXY_HEADER,
    /** TCP: the client's first message, which says which of the port's services it asks for, has not come yet. */
    CLIENT_HELLO,
    /** TCP: all components are full. */
    QUEUEING,
    /** TCP: a component is being connected to. */
    CONNECTING,
    /** Bytes or datagrams pass. */
    RELAYING,
    /** TCP: one side has reset the connection; the other gets its last bytes, and then a reset. */
    RESETTING,
    /** UDP: all answers that the service has declared have come, so that another client may have the socket. */
    SETTLED
}
