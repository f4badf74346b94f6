package dev.lander.relay;

/** How a TCP relay or a UDP flow ended. A TCP relay that one side has reset counts as reset, whoever closed first. */
public enum RelayEnd {
    CLIENT_CLOSED("client_closed"),
    COMPONENT_CLOSED("component_closed"),
    CLIENT_RESET("client_reset"),
    COMPONENT_RESET("component_reset"),
    /** By {@code --idle-timeout}. */
    IDLE("idle"),
    /** No component could take the client. */
    NO_COMPONENT("no_component"),
    /** A balancer in front has sent no PROXY header, or a broken one. */
    PROXY_HEADER("proxy_header"),
    /** All answers that the service has declared have come. */
    ANSWERED("answered"),
    /** By {@code --udp-timeout}. */
    TIMEOUT("timeout"),
    /** It made room for another flow. */
    EVICTED("evicted"),
    /** The flow's component has left. */
    COMPONENT_LEFT("component_left"),
    /** The address that the client asked is none of this machine's any more. */
    ADDRESS_LEFT("address_left"),
    /** Lander ended before it. */
    CUT("cut"),
    /** By a fault of this machine's or of Lander's. */
    FAULT("fault");

    private final String word;

    RelayEnd(String word) {
        this.word = word;
    }

    /** As in the access log. */
    public String word() {
        return word;
    }
}
