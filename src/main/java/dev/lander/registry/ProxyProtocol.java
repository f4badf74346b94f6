package dev.lander.registry;

/** The PROXY protocol header by which a component learns who the client is. */
public enum ProxyProtocol {
    NONE("none"),
    V1("v1"),
    V2("v2"),
    /** UDP: ahead of every datagram, not of a flow's first only. */
    V2_EACH("v2-each");

    private final String wireName;

    ProxyProtocol(String wireName) {
        this.wireName = wireName;
    }

    /** The name in messages. */
    public String wireName() {
        return wireName;
    }
}
