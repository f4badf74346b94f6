package dev.lander.registry;

/** The PROXY protocol header by which a component learns who the client is. */
public enum ProxyProtocol {
    NONE("none"),
    V1("v1"),
    V2("v2");

    private final String wireName;

    ProxyProtocol(String wireName) {
        this.wireName = wireName;
    }

    /** The name in messages. */
    public String wireName() {
        return wireName;
    }
}
